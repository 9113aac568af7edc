import type { Address } from '../../server/serve-options.ts';
import type { MeshSettings } from '../../webhook/inject/mesh-settings.ts';

/** What sidecars are given, as `smic inject` and `smic webhook` are told it. */
export interface SidecarFlags {
  readonly meshName: string;
  readonly meshNamespace: string;
  readonly trustDomain: string;
  readonly server: Address;
  readonly issuer: Address;
  readonly serverIdentity?: string;
  readonly trustBundle?: string;
  readonly image: string;
  readonly initImage: string;
  readonly nativeSidecars: MeshSettings['nativeSidecars'];
  readonly ipv6?: boolean;
}
