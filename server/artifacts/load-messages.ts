import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';

/** What a thread is to load. */
export interface LoadRequest {
  readonly path: string;
  /** Digests of configurations that were checked before. */
  readonly passed: ReadonlySet<string>;
}

/** What came of it. Errors lose their class on the way from thread to thread: what is in them is said. */
export type LoadAnswer =
  | { readonly artifact: LoadedArtifact; readonly passed: ReadonlySet<string>; readonly fault?: never }
  | { readonly fault: { readonly message: string; readonly isArtifacts: boolean; readonly code: string | undefined } };
