import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { LoadedSource } from '../../compiler/artifact/loaded-artifact.ts';

/** How far a proxy is with one type of resource. */
export interface TypeStatus {
  /** SYNCED: it has acknowledged all that it was sent. STALE: an answer is due. NACKED: it refused the last. NOT SENT: it asked for none. */
  readonly state: 'SYNCED' | 'STALE' | 'NACKED' | 'NOT SENT';
  /** How many resources it holds, as far as acknowledged. */
  readonly resources: number;
  /** Milliseconds since 1970 of the last ACK or NACK; undefined before the first. */
  readonly since: number | undefined;
  /** Of the last NACK: what the proxy said, and the sources of the resources that it named (or of all that were sent). */
  readonly reason?: string;
  readonly sources?: readonly LoadedSource[];
}

/** One connected proxy: one stream. */
export interface ProxyStatus {
  /** `node.id` as sent. */
  readonly node: string;
  readonly identity: string;
  /** `<namespace>/<class>`; undefined where the artifact has no class for it. */
  readonly proxyClass: string | undefined;
  readonly mode: 'sotw' | 'delta';
  readonly peer: string;
  readonly connectedAt: number;
  readonly types: Readonly<Record<ResourceType, TypeStatus>>;
  /** End of the workload certificate's life, milliseconds since 1970. */
  readonly certificateUntil: number | undefined;
}
