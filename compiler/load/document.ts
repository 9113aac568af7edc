import type { Located } from './locate.ts';

/** Steps from a document's root to a value: mapping keys and list indexes. */
export type Path = readonly (string | number)[];

/** A file's name, as diagnostics show it, and its text. */
export interface SourceFile {
  /** Relative to the working folder, or as the user gave it; `<stdin>` for standard input. Never absolute in an artifact. */
  readonly name: string;
  readonly text: string;
}

/** One YAML document (or JSON value) of a file. Its text is kept, so that positions can be found when a diagnostic needs one. */
export interface Document {
  readonly file: string;
  /** The line of the file on which this document's text starts, from 1. */
  readonly line: number;
  readonly text: string;
  readonly value: unknown;
  /** Gives the places of its entries, and keeps them: for documents so large that reading them again and again is slow. */
  readonly locate?: () => Located;
}

/** Where an object stands: its document, and the path to it there (`[]`, or `['items', 3]` in a List). */
export interface Origin {
  /** Undefined for an object that was never a text: one of a running cluster. */
  readonly document: Document | undefined;
  readonly path: Path;
}

/** Where an object stands in a text. */
export interface TextOrigin extends Origin {
  readonly document: Document;
}

/** The origin of objects that were never a text: findings about them name the object, and no file. */
export const noText: Origin = { document: undefined, path: [] };

/** A Kubernetes-shaped object (it has apiVersion, kind and a metadata mapping), not validated any further. */
export interface RawObject {
  readonly origin: Origin;
  readonly apiVersion: string;
  readonly kind: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Of an object of a running cluster: its name there. A later state of the object has the same. */
  readonly key?: string;
}

/** Objects that change apart from those of other groups. */
export interface RawGroup {
  readonly key: string;
  readonly objects: readonly RawObject[];
}
