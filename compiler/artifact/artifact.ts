import type { Origin, Path } from '../load/document.ts';

/** The kinds of Envoy resource, in the order in which they are sent (make before break). */
export const resourceTypes = ['cluster', 'endpoint', 'secret', 'listener', 'route'] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** Which parts of a resource come from which part of which object. */
export interface SourceEntry {
  /** JSON pointer (RFC 6901) within the resource; empty: the whole resource. */
  readonly pointer: string;
  readonly origin: Origin;
  /** Path within the object. */
  readonly path: Path;
  /** `TrafficTarget/<namespace>/<name>`. */
  readonly object: string;
}

/** One Envoy resource, built once and shared by every proxy class that uses it. */
export interface Resource {
  readonly type: ResourceType;
  readonly name: string;
  /** Envoy's message in the proto3 JSON mapping with the proto's own field names (snake_case). Parts may be shared between resources: never mutate. */
  readonly message: object;
  /** The message in protobuf's binary encoding. */
  readonly bytes: Uint8Array;
  /** `sha256:<hex>` of `bytes`: the version that a proxy sees. */
  readonly digest: string;
  readonly sources: readonly SourceEntry[];
}

/** What an artifact leaves open until it is served. */
export type Hole = 'workload-certificate' | 'trust-bundle' | 'endpoints';

/** All sidecars with the same identity and the same set of backed services. */
export interface ProxyClass {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Folder name: the service account's name, or `<service account>~<services joined by +>`. */
  readonly name: string;
  /** `spiffe://<trust domain>/ns/<namespace>/sa/<service account>` */
  readonly identity: string;
  /** Services that the class backs, in its own namespace, sorted. */
  readonly services: readonly string[];
  /** Pods of the class (`<name>`), and controllers whose template stands for pods (`Deployment/<name>`), sorted. */
  readonly pods: readonly string[];
  /** The class's own resources, sorted by type in sending order, then by name. */
  readonly resources: readonly Resource[];
  /** Names of the shared sets whose resources the class has besides its own. */
  readonly sets: readonly string[];
}

/** Resources that many classes have as a whole: what permissive mode gives to every proxy. */
export interface SharedSet {
  readonly name: string;
  readonly resources: readonly Resource[];
}

/** What `compile` produces. Content-addressed; equal inputs give equal bytes. */
export interface Artifact {
  readonly mesh: {
    readonly name: string;
    readonly trustDomain: string;
    readonly mode: 'permissive' | 'policy';
    /** How long a workload's certificate lives, in seconds (MeshConfig). */
    readonly certificateSeconds: number;
  };
  /** By kind: how many objects were compiled and a digest over their content, whatever file they stood in. */
  readonly inputs: Readonly<Record<string, { readonly objects: number; readonly digest: string }>>;
  readonly holes: readonly Hole[];
  /** Sorted by namespace, then name. */
  readonly classes: readonly ProxyClass[];
  /** Sorted by name. */
  readonly sets: readonly SharedSet[];
}
