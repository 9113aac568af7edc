import type { ServerDuplexStream } from '@grpc/grpc-js';
import { refusalWords } from './refusal.ts';
import { readIdentity } from './spiffe-identity.ts';

/** A call on a grpc-js server. */
export type VerifiedCall = Pick<ServerDuplexStream<unknown, unknown>, 'getAuthContext'>;

/**
 * The verified identity (`spiffe://…`) of whoever makes the call: what stands in the certificate of its connection, never what
 * the call itself says. Why there is none, as an Error, where the connection has no verified certificate with an identity of
 * the trust domain.
 */
export function identityOf(call: VerifiedCall, trustDomain: string): string | Error {
  // grpc-js gives the certificate of verified peers only (`authorized` of Node's TLSSocket).
  const certificate = call.getAuthContext().sslPeerCertificate;
  if (certificate === undefined) {
    return new Error('the connection has no verified certificate');
  }
  const { identity, fault } = readIdentity(certificate.subjectaltname, trustDomain);
  return identity ?? new Error(`the connection is refused: ${refusalWords[fault]}`);
}
