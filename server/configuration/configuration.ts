import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { ServedResource } from './served-resource.ts';

/** What the sidecars of one proxy class get. Immutable; a new artifact makes new ones. */
export interface ProxyConfiguration {
  /** `<namespace>/<class>` */
  readonly key: string;
  /** `spiffe://…` */
  readonly identity: string;
  /** `<namespace>/<pod>` of the pods of the class that the artifact names. */
  readonly pods: ReadonlySet<string>;
  /** `<namespace>/<kind>/<name>` of the controllers whose pods belong to the class, whatever their names. */
  readonly controllers?: readonly string[];
  /** By type, then name. The class's shared sets are merged in; secrets that are holes are not here. */
  readonly resources: Readonly<Record<ResourceType, ReadonlyMap<string, ServedResource>>>;
}

/** All configurations of an artifact. */
export interface Configurations {
  /** Digest of the manifest: names the artifact in logs and metrics. */
  readonly digest: string;
  readonly trustDomain: string;
  /** How long a workload's certificate lives, as the artifact has it from MeshConfig. */
  readonly certificateSeconds: number;
  readonly byIdentity: ReadonlyMap<string, readonly ProxyConfiguration[]>;
}
