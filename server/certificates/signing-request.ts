import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import forge from 'node-forge';
import { CertificateError } from './certificate-error.ts';
import { children, encode, type Node, parse } from './der.ts';
import type { PublicKey } from './issuer.ts';
import { beforePoint } from './key-pair.ts';

/** Signature algorithms (RFC 5758 3.2, RFC 4055 5) by the bytes of their identifiers: the hash. */
const ecdsa: Readonly<Record<string, string>> = { '2a8648ce3d040302': 'sha256', '2a8648ce3d040303': 'sha384', '2a8648ce3d040304': 'sha512' };
const rsa: Readonly<Record<string, string>> = { '2a864886f70d01010b': 'sha256', '2a864886f70d01010c': 'sha384', '2a864886f70d01010d': 'sha512' };

const broken = new CertificateError('the certificate signing request cannot be read', 'It must be one PKCS#10 request in PEM: -----BEGIN CERTIFICATE REQUEST-----.');

/**
 * The key of a certificate signing request (PKCS#10, RFC 2986) in PEM, whose signature shows that the sender has the private one.
 * Nothing else of the request is read: names, extensions and attributes that it asks for don't count.
 * Throws a CertificateError for anything but one request with a P-256 key, or an RSA key of 2048 to 4096 bits.
 */
export function keyOfSigningRequest(pem: string): PublicKey {
  const tree = treeOf(pem);
  const [body, algorithm, signature] = children(tree);
  // version, subject, subjectPKInfo, attributes
  const spki = children(body)[2];
  const bits = signature?.value;
  if (body === undefined || spki === undefined || typeof bits !== 'string' || children(tree).length !== 3) {
    throw broken;
  }
  const der = encode(spki);
  const key = readKey(der);
  const keyType = keyTypeOf(key, der);
  const hash = (keyType === 'ecdsa' ? ecdsa : rsa)[identifierOf(algorithm)];
  if (hash === undefined) {
    throw new CertificateError('the certificate signing request is signed by an algorithm that is not accepted', 'ECDSA or RSA (PKCS#1 v1.5), with SHA-256, SHA-384 or SHA-512.');
  }
  // The content of BIT STRING begins with how many bits don't count.
  if (!verify(hash, encode(body), key, Buffer.from(bits.slice(1), 'latin1'))) {
    throw new CertificateError('the certificate signing request is not signed by the key that it holds');
  }
  return { keyType, der };
}

function treeOf(text: string): Node {
  try {
    const [request, ...rest] = forge.pem.decode(text);
    // Older tools write NEW CERTIFICATE REQUEST.
    if (request === undefined || rest.length > 0 || !/^(NEW )?CERTIFICATE REQUEST$/.test(request.type)) {
      throw broken;
    }
    return parse(Buffer.from(request.body, 'latin1'));
  } catch {
    throw broken;
  }
}

function readKey(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    throw broken;
  }
}

function keyTypeOf(key: KeyObject, der: Buffer): PublicKey['keyType'] {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  // The curve by its name, the point in full: all else is refused by Envoy.
  if (der.length === 91 && der.subarray(0, beforePoint.length).equals(beforePoint)) {
    return 'ecdsa';
  }
  // Beyond 4096 bits each handshake costs more than a sidecar should be able to make others pay.
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 4096 && publicExponent >= 65_537n) {
    return 'rsa';
  }
  throw new CertificateError('the key of the certificate signing request is of a kind that is not accepted', 'ECDSA over P-256, or RSA with 2048 to 4096 bits.');
}

/** An AlgorithmIdentifier's object identifier, as hex. */
function identifierOf(algorithm: Node | undefined): string {
  const id = children(algorithm)[0]?.value;
  return typeof id === 'string' ? Buffer.from(id, 'latin1').toString('hex') : '';
}
