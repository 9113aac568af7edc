import type { IdentifiedCall, VerifiedPeer } from '../ads/wire/bytes-stream.ts';
import { podOfSubject } from '../certificates/pod-subject.ts';
import { refusalWords } from './refusal.ts';
import { readIdentity } from './spiffe-identity.ts';

/**
 * Who makes the call, verified: what stands in the certificate of its connection, never what the call itself says. Why that is
 * nobody, as an Error, where the connection has no verified certificate with an identity of the trust domain.
 */
export function verifiedPeer(call: IdentifiedCall, trustDomain: string): VerifiedPeer | Error {
  // grpc-js gives the certificate of verified peers only (`authorized` of Node's TLSSocket), and reads it anew each time.
  const certificate = call.getAuthContext().sslPeerCertificate;
  if (certificate === undefined) {
    return new Error('the connection has no verified certificate');
  }
  const { identity, fault } = readIdentity(certificate.subjectaltname, trustDomain);
  return identity === undefined ? new Error(`the connection is refused: ${refusalWords[fault]}`) : { identity, pod: podOfSubject(certificate.subject) };
}
