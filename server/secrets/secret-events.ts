import type { IssuedCertificate } from '../certificates/issuer.ts';

/** What a secret service tells, for logs and metrics. Nothing of it is secret. */
export interface SecretEvents {
  /** A stream has a certificate: its first, or one that replaces another. */
  issued?(identity: string, certificate: Omit<IssuedCertificate, 'privateKey' | 'chain'>, reason: 'new' | 'renewed'): void;
  /** No certificate could be had. It's tried again in `retryIn` milliseconds; `until` is when the one that the stream has ends. */
  failed?(identity: string, error: unknown, attempt: number, retryIn: number, until: number | undefined): void;
  /** The trust bundle or the CA that signs has changed. */
  changed?(trustBundleVersion: string, issuerId: string): void;
}
