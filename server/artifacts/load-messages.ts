import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';

/** What a thread is to load. */
export interface LoadRequest {
  readonly path: string;
  /** Digests of configurations that were checked before. */
  readonly passed: ReadonlySet<string>;
}

/** Why an artifact couldn't be loaded. Errors lose their class and their own properties on the way from thread to thread. */
export interface LoadFault {
  readonly message: string;
  /** It's an ArtifactError. */
  readonly isArtifacts: boolean;
  /** What a system error has besides: `code`, `syscall`, … */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** What came of it. */
export type LoadAnswer = { readonly artifact: LoadedArtifact; readonly passed: ReadonlySet<string>; readonly fault?: never } | { readonly fault: LoadFault };
