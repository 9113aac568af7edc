import type { Clock } from './certificates/issuer.ts';
import type { EnrolmentCluster } from './enrolment/token-review.ts';
import type { Log } from './log.ts';
import type { ConnectionLimits } from './tls/connection-counts.ts';

/** Where something listens. */
export interface Address {
  readonly host: string;
  /** 0 in options: any that is free. */
  readonly port: number;
}

/** How a server is started. */
export interface ServeOptions {
  /** Folder or bundle. */
  readonly artifact: string;
  /** Folder that `smic ca init` made. */
  readonly ca: string;
  readonly log: Log;
  /** For sidecars; default every address, port 15128. */
  readonly address?: Address;
  /** Default loopback, port 9091. */
  readonly adminAddress?: Address;
  /** Default: the artifact's. An artifact of another one is refused. */
  readonly trustDomain?: string;
  /** The server's own identity; default `spiffe://<trust domain>/ns/smic-system/sa/smic`. */
  readonly identity?: string;
  /** DNS names in the server's certificate; default the Service `smic` in `smic-system`. */
  readonly dnsNames?: readonly string[];
  /** Of workload certificates and the server's own; default a day. */
  readonly certificateLifetimeSeconds?: number;
  /** How long proxies have to go to another server when this one ends; default 10. */
  readonly drainSeconds?: number;
  /** Exchanges pods' tokens for certificates; default: nobody's. */
  readonly enrolment?: {
    readonly address: Address;
    readonly cluster: EnrolmentCluster;
    readonly lifetimeSeconds?: number;
  };
  readonly limits?: Partial<ConnectionLimits>;
  readonly clock?: Clock;
}

export const defaultAddress: Address = { host: '0.0.0.0', port: 15128 };
export const defaultAdminAddress: Address = { host: '127.0.0.1', port: 9091 };
export const defaultDnsNames: readonly string[] = ['smic.smic-system.svc', 'smic.smic-system.svc.cluster.local'];
export const defaultCertificateLifetimeSeconds = 86_400;
export const defaultDrainSeconds = 10;

/** `127.0.0.1:9091`, `[::1]:9091` */
export function addressText({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The identity of the server where none is given. */
export function defaultServerIdentity(trustDomain: string): string {
  return `spiffe://${trustDomain}/ns/smic-system/sa/smic`;
}
