import type { Artifact, ProxyClass, ResourceType } from './artifact.ts';

/** Which part of a resource comes from where: a SourceEntry whose place was found. */
export interface LoadedSource {
  /** JSON pointer within the resource; empty: the whole resource. */
  readonly pointer: string;
  /** `TrafficTarget/<namespace>/<name>` */
  readonly object: string;
  /** With `line`; neither where the object was never in a file. */
  readonly file?: string;
  readonly line?: number;
}

/** A resource as it is served. */
export interface LoadedResource {
  readonly type: ResourceType;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly digest: string;
  /** Sorted by pointer, object, file, line. */
  readonly sources: readonly LoadedSource[];
}

export interface LoadedClass extends Omit<ProxyClass, 'resources'> {
  readonly resources: readonly LoadedResource[];
}

/** An artifact that was read from a folder or a bundle: equal, whichever of them it was. */
export interface LoadedArtifact extends Pick<Artifact, 'mesh' | 'inputs' | 'holes'> {
  readonly classes: readonly LoadedClass[];
  readonly sets: readonly { readonly name: string; readonly resources: readonly LoadedResource[] }[];
}
