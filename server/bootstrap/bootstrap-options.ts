import type { Probe } from './probe.ts';

/** What a sidecar must know before it has asked anybody. */
export interface BootstrapOptions {
  /** `node.id`: `<namespace>/<pod>`. */
  readonly pod: string;
  /** `node.cluster`: `<service account>.<namespace>`, as OSM's. */
  readonly cluster: string;
  /** `node.metadata`; shown by `smic status`, decides nothing. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly server: {
    /** A name or an address. */
    readonly host: string;
    readonly port: number;
    /** `spiffe://…`, which the server's certificate must have. */
    readonly identity: string;
  };
  /** Absolute path of the folder with the files of `secretFiles`. */
  readonly secretsFolder: string;
  /** Default `delta`. */
  readonly protocol?: 'delta' | 'sotw';
  readonly probes?: readonly Probe[];
  /** The pod's address: what HTTP probes without a Host of their own have as Host. Default: as kubelet sends it. */
  readonly podAddress?: string;
  /** Listen on IPv6 too; default false. */
  readonly ipv6?: boolean;
  /** Clients' connections that Envoy takes at once, over all listeners; default 50,000. */
  readonly maxConnections?: number;
}
