import type { MeshName } from '../../compiler/mesh/sidecar-rule.ts';
import { defaultOptions } from '../../compiler/options.ts';
import type { SidecarConfig } from '../../compiler/resources/objects.ts';
import { type Address, defaultAddress, defaultServerIdentity } from '../../server/serve-options.ts';
import { names, ports } from '../names.ts';

export const nativeModes = ['auto', 'on', 'off'] as const;

/** What the injector must know of the mesh. */
export interface MeshSettings extends MeshName {
  readonly trustDomain: string;
  /** Where sidecars get their configuration. */
  readonly server: Address;
  /** Where they exchange a token for a certificate. */
  readonly issuer: Address;
  /** SPIFFE ID of both. */
  readonly serverIdentity: string;
  /** PEM: whom sidecars trust at first. Undefined: what the ConfigMap `smic-trust-bundle` of the pod's namespace says. */
  readonly trustBundle: string | undefined;
  /** Holds smic and the Envoy that it compiles for. */
  readonly image: string;
  /** Holds a shell, `iptables-restore` and `ip6tables-restore`. MeshConfig's goes before it. */
  readonly initImage: string;
  /** The mesh has IPv6 addresses: sidecars take part in it. Otherwise no TCP over IPv6 enters or leaves a pod. */
  readonly ipv6: boolean;
  /** Sidecars as init containers that stay (`restartPolicy: Always`). `auto`: where the API server is new enough (1.29), or isn't known. */
  readonly nativeSidecars: (typeof nativeModes)[number];
  /** Of Kubernetes, as `/version` says. */
  readonly serverVersion: { readonly major: number; readonly minor: number } | undefined;
  /** Of the MeshConfig in force; undefined where there is none. */
  readonly config: SidecarConfig | undefined;
}

const serverHost = `${names.server}.${names.namespace}.svc`;

/** Where the control plane is installed if nothing else is said. */
export const defaultSettings: MeshSettings = {
  meshName: defaultOptions.meshName,
  meshNamespace: defaultOptions.meshNamespace,
  trustDomain: defaultOptions.trustDomain,
  server: { host: serverHost, port: defaultAddress.port },
  issuer: { host: serverHost, port: ports.enrolment },
  serverIdentity: defaultServerIdentity(defaultOptions.trustDomain),
  trustBundle: undefined,
  image: 'smic:latest',
  initImage: 'smic-init:latest',
  ipv6: false,
  nativeSidecars: 'auto',
  serverVersion: undefined,
  config: undefined,
};

/** Whether sidecars are init containers that stay. */
export function isNative({ nativeSidecars, serverVersion }: MeshSettings): boolean {
  if (nativeSidecars !== 'auto' || serverVersion === undefined) return nativeSidecars !== 'off';
  return serverVersion.major > 1 || (serverVersion.major === 1 && serverVersion.minor >= 29);
}
