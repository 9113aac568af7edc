import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate-error.ts';
import { children, type Node, parse } from './der.ts';
import { pem } from './print-pem.ts';
import { type SigningKey, signingKey } from './signing-key.ts';

/** A CA's certificate with those above it, up to its root. */
export interface AuthorityCertificates {
  /** SHA-256 of the DER of the certificate that signs leaves, lower-case hex. */
  readonly id: string;
  /** The one that signs leaves first, the root last; the same for a root that signs leaves itself. */
  readonly certificates: readonly X509Certificate[];
  /** PEM of what a leaf is sent with: all but the root. */
  readonly intermediates: string;
  /** PEM of what is trusted. */
  readonly root: string;
  /** SHA-256 of the root's DER, lower-case hex. */
  readonly rootId: string;
  /** Milliseconds since 1970: the narrowest of all. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A CA that can sign. */
export interface Authority extends AuthorityCertificates {
  readonly signer: SigningKey;
  /** Its name, as leaves carry it. */
  readonly subject: Node;
  /** Its key's identifier, as leaves carry it. */
  readonly keyIdentifier: Buffer;
}

/** SHA-256 of a certificate's DER, lower-case hex. */
export function certificateId(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

/**
 * A CA's certificates from DER, given in any order but for the first, which signs leaves. Throws a CertificateError unless they are
 * a chain of CAs that may sign, from the first to a self-signed root, and nothing else.
 */
export function authorityCertificates(ders: readonly Uint8Array[]): AuthorityCertificates {
  const given = ders.map(readCertificate);
  const [first] = given;
  if (first === undefined) {
    throw new CertificateError('there is no certificate', 'It must be PEM: -----BEGIN CERTIFICATE-----.');
  }
  const certificates = chainFrom(first, given);
  const root = certificates.at(-1) ?? first;
  return {
    id: certificateId(first.raw),
    certificates,
    intermediates: certificates.slice(0, -1).map(({ raw }) => pem('CERTIFICATE', raw)).join(''),
    root: pem('CERTIFICATE', root.raw),
    rootId: certificateId(root.raw),
    notBefore: Math.max(...certificates.map(({ validFrom }) => Date.parse(validFrom))),
    notAfter: Math.min(...certificates.map(({ validTo }) => Date.parse(validTo))),
  };
}

/** Adds the private key. Throws a CertificateError where it belongs to another certificate or is of a kind that can't be used. */
export function authorityWith(certificates: AuthorityCertificates, key: KeyObject): Authority {
  const [first] = certificates.certificates;
  const signer = signingKey(key);
  if (first === undefined || signer === undefined) {
    throw new CertificateError('the private key is neither RSA (2048 bits or more) nor ECDSA (P-256, P-384 or P-521)');
  }
  if (!createPublicKey(key).equals(first.publicKey)) {
    throw new CertificateError('the private key belongs to another certificate');
  }
  const { subject, keyIdentifier } = namesOf(first);
  return { ...certificates, signer, subject, keyIdentifier };
}

function readCertificate(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    throw new CertificateError('a certificate cannot be read: it is not X.509');
  }
}

function chainFrom(first: X509Certificate, given: readonly X509Certificate[]): readonly X509Certificate[] {
  const chain = [first];
  for (let last = first; !isSelfSigned(last); ) {
    const above = given.find((other) => !chain.includes(other) && last.checkIssued(other) && last.verify(other.publicKey));
    if (above === undefined) {
      throw new CertificateError(`the certificate of ${nameOf(last)} was issued by another, which is not there`, 'Give the whole chain, up to a self-signed root.');
    }
    chain.push(above);
    last = above;
  }
  if (chain.length < given.length) {
    throw new CertificateError('there are certificates that do not belong to the chain');
  }
  chain.forEach((certificate, depth) => checkAuthority(certificate, depth));
  return chain;
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

/** A certificate's name in one line. */
export function nameOf(certificate: X509Certificate): string {
  return (certificate.subject ?? '').split('\n').join(', ') || '(no name)';
}

/** `depth`: how many CAs stand between this one and the leaves. */
function checkAuthority(certificate: X509Certificate, depth: number): void {
  const { usage, pathLength } = constraintsOf(certificate);
  if (!certificate.ca) {
    throw new CertificateError(`the certificate of ${nameOf(certificate)} is not a CA's`, 'Its basic constraints must say CA:TRUE.');
  }
  if (usage !== undefined && (usage & 0b0000_0100) === 0) {
    throw new CertificateError(`the CA ${nameOf(certificate)} may not sign certificates`, 'Its key usage must have keyCertSign.');
  }
  if (pathLength !== undefined && pathLength < depth) {
    throw new CertificateError(`the CA ${nameOf(certificate)} allows fewer CAs below it than there are`, 'Its path length is too short.');
  }
}

interface Constraints {
  /** The first byte of the key usage's bits; undefined: any use. */
  readonly usage: number | undefined;
  readonly pathLength: number | undefined;
}

function constraintsOf(certificate: X509Certificate): Constraints {
  const basic = children(extensionOf(certificate, '\x55\x1d\x13'));
  const usage = extensionOf(certificate, '\x55\x1d\x0f');
  const length = basic[1]?.value;
  const bits = bitsOf(usage);
  return { usage: bits, pathLength: typeof length === 'string' ? Number.parseInt(Buffer.from(length, 'latin1').toString('hex'), 16) : undefined };
}

/** The content of BIT STRING begins with how many bits don't count. */
function bitsOf(node: Node | undefined): number | undefined {
  return typeof node?.value === 'string' ? (node.value.charCodeAt(1) || 0) : undefined;
}

function fieldsOf(certificate: X509Certificate): readonly Node[] {
  return children(children(parse(certificate.raw))[0]);
}

/** What an extension holds, by the content of its object identifier. */
function extensionOf(certificate: X509Certificate, id: string): Node | undefined {
  const list = fieldsOf(certificate).find(({ tagClass, type }) => tagClass === 0x80 && Number(type) === 3);
  const found = children(children(list)[0]).find((extension) => children(extension)[0]?.value === id);
  const content = children(found).at(-1)?.value;
  return typeof content === 'string' ? parse(Buffer.from(content, 'latin1')) : undefined;
}

function namesOf(certificate: X509Certificate): { readonly subject: Node; readonly keyIdentifier: Buffer } {
  // version, serial, algorithm, issuer, validity, subject
  const subject = fieldsOf(certificate)[5];
  const identifier = extensionOf(certificate, '\x55\x1d\x0e')?.value;
  if (subject === undefined) {
    throw new CertificateError('the CA certificate has no version 3');
  }
  if (children(subject).length === 0) {
    throw new CertificateError('the CA certificate has no subject', 'Verifiers look for the CA of a leaf by its name.');
  }
  if (typeof identifier !== 'string') {
    throw new CertificateError(`the CA ${nameOf(certificate)} has no subject key identifier`, 'RFC 5280 demands one of every CA.');
  }
  return { subject, keyIdentifier: Buffer.from(identifier, 'latin1') };
}
