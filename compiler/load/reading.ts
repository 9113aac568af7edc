import type { Problem } from './problem.ts';

/** What a document's text stands for. `value` means nothing where `problems` holds an error; it is undefined where the document is empty. */
export interface Reading {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}
