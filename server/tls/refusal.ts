import type { IdentityFault } from './spiffe-identity.ts';

/** Why a connection is refused: the label of a metric, so there are few and none holds what a client sent. */
export type Refusal =
  | 'no-certificate'
  | 'expired-certificate'
  | 'foreign-certificate'
  | 'ca-certificate'
  | IdentityFault
  | 'no-http2'
  | 'handshake-failed'
  | 'handshake-timeout'
  | 'closed-early'
  | 'too-many-connections'
  | 'too-many-handshakes'
  | 'too-many-of-identity';

/** In words, for the log. */
export const refusalWords = {
  'no-certificate': 'it shows no certificate',
  'expired-certificate': 'its certificate is not valid at this time',
  'foreign-certificate': 'its certificate is not of a CA in the trust bundle, or not for clients',
  'ca-certificate': 'its certificate is that of a CA',
  'no-identity': 'its certificate has no URI name',
  'several-identities': 'its certificate has more than one URI name',
  'malformed-identity': "its certificate's URI name is not a SPIFFE ID",
  'wrong-trust-domain': 'its identity is of another trust domain',
  'no-http2': 'it does not speak HTTP/2 (ALPN h2)',
  'handshake-failed': 'the TLS handshake failed',
  'handshake-timeout': 'the TLS handshake took too long',
  'closed-early': 'it closed before the TLS handshake was done',
  'too-many-connections': 'there are too many connections',
  'too-many-handshakes': 'there are too many connections without a finished TLS handshake',
  'too-many-of-identity': 'its identity has too many connections',
} as const satisfies Record<Refusal, string>;

/** Why a handshake failed. `authorizationError`: what OpenSSL said of the certificate (of Node's TLSSocket). */
export function handshakeRefusal(code: string | undefined, authorizationError: string | undefined): Refusal {
  if (authorizationError !== undefined) {
    return authorizationError === 'CERT_HAS_EXPIRED' || authorizationError === 'CERT_NOT_YET_VALID' ? 'expired-certificate' : 'foreign-certificate';
  }
  switch (code) {
    case 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE':
      return 'no-certificate';
    case 'ERR_TLS_HANDSHAKE_TIMEOUT':
      return 'handshake-timeout';
    case 'ERR_SSL_NO_APPLICATION_PROTOCOL':
      return 'no-http2';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'closed-early';
    default:
      return 'handshake-failed';
  }
}
