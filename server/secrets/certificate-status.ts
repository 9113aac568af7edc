/** How far the proxies of one server are with their certificates: what the gates of a root rotation ask for. Stands in `/status` as `certificates`. */
export interface CertificateStatus {
  /** The CA that signs, as this server sees it. */
  readonly issuerId: string;
  /** SHA-256 of the DER of each trusted root, lower-case hex, in the bundle's order. */
  readonly trustedRoots: readonly string[];
  /** Open streams, among them: */
  readonly streams: number;
  /** … whose proxy has acknowledged the present trust bundle, */
  readonly trustAcknowledged: number;
  /** … whose proxy has acknowledged a certificate of the CA that signs now. */
  readonly certificateAcknowledged: number;
  /** Identities of streams that one of these is still due for, at most 20, sorted. */
  readonly waitingFor: readonly string[];
  /** Streams without any certificate, because none could be issued so far. */
  readonly withoutCertificate: number;
  /** Milliseconds since 1970: the first end of a certificate of an open stream; undefined without one. */
  readonly firstEnd: number | undefined;
}
