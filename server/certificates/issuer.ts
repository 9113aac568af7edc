/** Time, and timers on it. Tests set it; nothing else in the server asks for the time of certificates. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `action` once it is `at` (milliseconds since 1970); gives what cancels it. */
  at(at: number, action: () => void): () => void;
}

/** A certificate and its key. */
export interface IssuedCertificate {
  /** PEM: the leaf, then intermediates. */
  readonly chain: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Lower-case hex. */
  readonly serial: string;
  /** Names the signing CA certificate: SHA-256 of its DER, lower-case hex. */
  readonly issuerId: string;
}

/** What a certificate is asked for. */
export interface CertificateRequest {
  /** `spiffe://…`: the URI SAN. */
  readonly identity: string;
  readonly dnsNames?: readonly string[];
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
