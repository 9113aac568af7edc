import type { Code } from '../diagnostics/generated/catalog.ts';

/** What is wrong with a document's text. `start` and `end` are offsets in it. */
export interface Problem {
  readonly code: Code;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly fix?: string;
  /** Offsets of another place that helps, such as a duplicate key's first. */
  readonly related?: { readonly start: number; readonly end: number; readonly message: string };
}

/** How deep a document may nest: far deeper than any Kubernetes object, far below what exhausts the stack. */
export const maxDepth = 200;
