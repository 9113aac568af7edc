import type { Code } from './generated/catalog.ts';

/** How bad a finding is. An `error` stops output and can't be silenced. */
export type Level = 'error' | 'warning' | 'note';

/** A range in an input file. Lines and columns count from 1; the end is exclusive. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Names one Kubernetes object. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Another place that helps to understand a finding. */
export interface Related {
  readonly message: string;
  readonly place?: Place;
  /** Instead of `place`, of an object of a running cluster: the part of it that is meant, as `spec.rules[0].name`. */
  readonly path?: string;
  readonly object?: ObjectReference;
}

/** A finding about the user's input: data that is collected and returned, never thrown. */
export interface Diagnostic {
  readonly code: Code;
  readonly level: Level;
  /** What is wrong, in one sentence, with the names that matter. */
  readonly message: string;
  /** Why it matters. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  readonly object?: ObjectReference;
  readonly place?: Place;
  /** Instead of `place`, of an object of a running cluster: the part of it that is meant, as `spec.rules[0].name`; empty: all of it. */
  readonly path?: string;
  readonly related: readonly Related[];
}
