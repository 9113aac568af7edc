import { X509Certificate } from 'node:crypto';
import { certificatesOf } from '../certificates/pem.ts';

/** A root that is trusted. */
export interface RootStatus {
  /** SHA-256 of its DER, lower-case hex. */
  readonly id: string;
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** The roots of a trust bundle (PEM), in its order. */
export function rootsOf(trustBundle: string): readonly RootStatus[] {
  return certificatesOf(trustBundle).map((der) => {
    const { fingerprint256, subject, validTo } = new X509Certificate(der);
    return { id: fingerprint256.replaceAll(':', '').toLowerCase(), subject: subject.replaceAll('\n', ', '), until: Date.parse(validTo) };
  });
}
