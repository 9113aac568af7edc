/** An artifact, as files or as a bundle, that can't be used: broken, edited by hand, or made by another version. The message says what is wrong with it. */
export class ArtifactError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ArtifactError';
  }
}
