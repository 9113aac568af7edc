import { createHash } from 'node:crypto';
import { binary, bitString, contentOf, integer, type Node, objectIdentifier, octetString, sequence, tagged, yes } from './der.ts';

/** RFC 5280 4.2, as far as the mesh's certificates have them. */
const ids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const;

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

function extension(id: string, content: Node, criticality: 'critical' | 'optional'): Node {
  return sequence(objectIdentifier(id), ...(criticality === 'critical' ? [yes()] : []), octetString(contentOf(content)));
}

/** A key's identifier: the first 160 bits of its SHA-256 (RFC 7093 2, method 4: over the whole SubjectPublicKeyInfo). */
export function keyIdentifier(publicKey: Uint8Array): Buffer {
  return createHash('sha256').update(publicKey).digest().subarray(0, 20);
}

export function subjectKeyIdentifier(identifier: Uint8Array): Node {
  return extension(ids.subjectKeyIdentifier, octetString(binary(identifier)), 'optional');
}

export function authorityKeyIdentifier(identifier: Uint8Array): Node {
  return extension(ids.authorityKeyIdentifier, sequence(tagged(0, binary(identifier))), 'optional');
}

/** A CA whose certificates are leaves: it makes no further CA. */
export function authorityConstraints(): Node {
  return extension(ids.basicConstraints, sequence(yes(), integer(Uint8Array.of(0))), 'critical');
}

export function leafConstraints(): Node {
  return extension(ids.basicConstraints, sequence(), 'critical');
}

/** keyCertSign and cRLSign. */
export function authorityUsage(): Node {
  return extension(ids.keyUsage, bitString(Uint8Array.of(0b0000_0110), 1), 'critical');
}

/** digitalSignature; with RSA keyEncipherment too, for TLS 1.2 without Diffie-Hellman. */
export function leafUsage(type: 'ecdsa' | 'rsa'): Node {
  return extension(ids.keyUsage, type === 'ecdsa' ? bitString(Uint8Array.of(0b1000_0000), 7) : bitString(Uint8Array.of(0b1010_0000), 5), 'critical');
}

/** TLS server and client: a sidecar is both. */
export function leafPurposes(): Node {
  return extension(ids.extendedKeyUsage, sequence(objectIdentifier(serverAuth), objectIdentifier(clientAuth)), 'optional');
}

/** One URI and DNS names, in ASCII. Critical, because it stands for the subject, which is empty (RFC 5280 4.2.1.6). */
export function alternativeNames(uri: string, dnsNames: readonly string[]): Node {
  return extension(ids.subjectAltName, sequence(tagged(6, uri), ...dnsNames.map((name) => tagged(2, name))), 'critical');
}
