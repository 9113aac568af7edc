import type { ProxyStatus } from '../ads/proxy-status.ts';
import type { ArtifactStatus } from '../artifacts/artifact-source.ts';
import type { ClusterStatus } from '../kubernetes/cluster-status.ts';
import type { CertificateStatus } from '../secrets/certificate-status.ts';
import type { RootStatus } from './roots-of.ts';

/** What `/status` answers. Times: milliseconds since 1970. Nothing of it is secret. */
export interface StatusDocument {
  readonly now: number;
  readonly startedAt: number;
  /** `starting`: there is nothing to serve yet. */
  readonly state: 'starting' | 'serving' | 'draining';
  readonly trustDomain: string;
  readonly connections: number;
  /** What is served: read from a path, or compiled of what a cluster has. The digest is empty before the first. */
  readonly artifact: ArtifactStatus;
  /** The cluster that is followed, where one is. */
  readonly cluster?: ClusterStatus;
  /** Those of the proxies, and the CA. */
  readonly certificates: CertificateStatus;
  /** Certificates that are trusted. */
  readonly roots: readonly RootStatus[];
  /** The server's own certificate; undefined while it starts. */
  readonly server: { readonly identity: string; readonly certificateUntil: number } | undefined;
  readonly proxies: readonly ProxyStatus[];
}
