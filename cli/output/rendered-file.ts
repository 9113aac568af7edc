/** A file of an artifact: its path below the artifact's folder, with `/`, and what is in it. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}
