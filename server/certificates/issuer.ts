import type { KeyType } from './key-type.ts';
import type { PodReference } from './pod-subject.ts';

/** Time, and timers on it. Tests set it; nothing else in the server asks for the time of certificates. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `action` once it is `at` (milliseconds since 1970); gives what cancels it. */
  at(at: number, action: () => void): () => void;
}

/** A certificate. */
export interface Certificate {
  /** PEM: the leaf, then intermediates. */
  readonly chain: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Lower-case hex. */
  readonly serial: string;
  /** Names the signing CA certificate: SHA-256 of its DER, lower-case hex. */
  readonly issuerId: string;
}

/** A certificate and its key. */
export interface IssuedCertificate extends Certificate {
  /** PEM, PKCS#8. */
  readonly privateKey: string;
}

/** A key that somebody else holds. */
export interface PublicKey {
  readonly keyType: KeyType;
  /** DER of its SubjectPublicKeyInfo. */
  readonly der: Buffer;
}

/** What a certificate is asked for. */
export interface CertificateRequest {
  /** `spiffe://…`: the URI SAN. */
  readonly identity: string;
  readonly dnsNames?: readonly string[];
  /** The pod that it is for, if for one only: its subject. */
  readonly pod?: PodReference;
  readonly lifetimeSeconds: number;
}

/** Issues certificates and says whom to trust. The internal CA is one; Vault and cert-manager can be others. */
export interface Issuer {
  /** Makes a key pair and a certificate for it. Rejects with words that an operator understands. */
  issue(request: CertificateRequest): Promise<IssuedCertificate>;
  /** PEM of every root to trust now. */
  trustBundle(): string;
  /** Names the CA that signs now (see IssuedCertificate.issuerId). */
  issuerId(): string;
  /** Calls `listener` after the trust bundle or the signing CA changed; gives what stops that. */
  onChange(listener: () => void): () => void;
}

/** Issues certificates for keys that never leave those who made them. */
export interface Certifier extends Pick<Issuer, 'trustBundle'> {
  /** `key`: one whose holder has shown that it has it. Rejects with words that an operator understands. */
  certify(key: PublicKey, request: CertificateRequest): Promise<Certificate>;
}
