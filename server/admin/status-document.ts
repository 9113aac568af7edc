import type { ProxyStatus } from '../ads/proxy-status.ts';
import type { ArtifactStatus } from '../artifacts/artifact-source.ts';
import type { CertificateStatus } from '../secrets/certificate-status.ts';
import type { RootStatus } from './roots-of.ts';

/** What `/status` answers. Times: milliseconds since 1970. Nothing of it is secret. */
export interface StatusDocument {
  readonly now: number;
  readonly startedAt: number;
  readonly state: 'serving' | 'draining';
  readonly trustDomain: string;
  readonly connections: number;
  readonly artifact: ArtifactStatus;
  /** Those of the proxies, and the CA. */
  readonly certificates: CertificateStatus;
  /** Certificates that are trusted. */
  readonly roots: readonly RootStatus[];
  /** The server's own certificate. */
  readonly server: { readonly identity: string; readonly certificateUntil: number };
  readonly proxies: readonly ProxyStatus[];
}
