/** A message that isn't what its descriptor says. smic builds the messages, so this is a fault of smic's, or of an artifact that was edited. */
export class EncodeError extends Error {
  readonly #reason: string;
  readonly #path: (string | number)[] = [];

  constructor(reason: string) {
    super(reason);
    this.name = 'EncodeError';
    this.#reason = reason;
  }

  /** Says one step further out where the fault is. */
  within(step: string | number): this {
    this.#path.unshift(step);
    const path = this.#path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    this.message = `${path.replace(/^\./, '')}: ${this.#reason}`;
    return this;
  }
}

/** Words for a value in an error: short, and on one line. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) {
    return 'a list';
  }
  if (typeof value === 'object' && value !== null) {
    return 'an object';
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
