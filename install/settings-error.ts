/** A setting that can't be used. The message and the fix are for the user. */
export class SettingsError extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.name = 'SettingsError';
    this.fix = fix;
  }
}
