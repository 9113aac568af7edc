import { randomBytes } from 'node:crypto';
import type { Authority } from './authority.ts';
import { buildCertificate } from './build-certificate.ts';
import { CertificateError } from './certificate-error.ts';
import { parse } from './der.ts';
import { alternativeNames, authorityKeyIdentifier, keyIdentifier, leafConstraints, leafPurposes, leafUsage, subjectKeyIdentifier } from './extensions.ts';
import type { Certificate, CertificateRequest, IssuedCertificate, PublicKey } from './issuer.ts';
import { makeKeyPair } from './key-pair.ts';
import type { KeyType } from './key-type.ts';
import { clockSkew } from './make-root.ts';
import { pem } from './print-pem.ts';
import { podSubject } from './pod-subject.ts';

/** A key pair and a certificate for it. `now`: milliseconds since 1970. Rejects with a CertificateError. */
export async function issueLeaf(authority: Authority, keyType: KeyType, request: CertificateRequest, now: number): Promise<IssuedCertificate> {
  const { publicKey, privateKeyPem } = await makeKeyPair(keyType, 'leaf');
  const certificate = await certifyKey(authority, { keyType, der: publicKey }, request, now);
  return { ...certificate, privateKey: privateKeyPem };
}

/**
 * A certificate for a key. It never outlives the CA, has no subject but a pod's (the identity stands in one place, the URI SAN)
 * and begins some minutes ago, or as long ago as it lives if that is less. `now`: milliseconds since 1970. Rejects with a CertificateError.
 */
export async function certifyKey(authority: Authority, key: PublicKey, request: CertificateRequest, now: number): Promise<Certificate> {
  checkRequest(request);
  const second = Math.floor(now / 1000) * 1000;
  const notAfter = Math.min(second + request.lifetimeSeconds * 1000, authority.notAfter);
  if (notAfter <= now || now < authority.notBefore) {
    const [state, date] = notAfter <= now ? ['has expired on', authority.notAfter] : ['is not valid before', authority.notBefore];
    throw new CertificateError(`the CA ${state} ${new Date(date).toISOString()}`, 'smic ca rotate brings in a new root.');
  }
  const serial = randomBytes(16);
  // A clock that is off by a short life sees nothing but expired certificates: more than that is no use.
  const skew = Math.min(clockSkew, request.lifetimeSeconds * 1000);
  const notBefore = Math.max(second - skew, authority.notBefore);
  const certificate = await buildCertificate(
    {
      serial,
      issuer: authority.subject,
      subject: podSubject(request.pod),
      notBefore,
      notAfter,
      publicKey: parse(key.der),
      extensions: [
        leafConstraints(),
        leafUsage(key.keyType),
        leafPurposes(),
        alternativeNames(request.identity, request.dnsNames ?? []),
        subjectKeyIdentifier(keyIdentifier(key.der)),
        authorityKeyIdentifier(authority.keyIdentifier),
      ],
    },
    authority.signer,
  );
  return {
    chain: pem('CERTIFICATE', certificate) + authority.intermediates,
    notBefore,
    notAfter,
    serial: serial.toString('hex').replace(/^(00)+/, ''),
    issuerId: authority.id,
  };
}

function checkRequest({ identity, dnsNames = [], lifetimeSeconds }: CertificateRequest): void {
  // SPIFFE ID 2.1 to 2.3: no port, user, query or fragment, no empty or relative path segment, 2048 bytes at most.
  const segments = /^spiffe:\/\/[a-z0-9._-]{1,255}((?:\/[A-Za-z0-9._-]+)+)$/.exec(identity)?.[1]?.split('/') ?? ['.'];
  if (segments.includes('.') || segments.includes('..') || identity.length > 2048) {
    throw new CertificateError(`${JSON.stringify(identity)} is not a SPIFFE ID`, 'As spiffe://cluster.local/ns/bookstore/sa/bookbuyer.');
  }
  const wrong = dnsNames.find((name) => name.length > 253 || !/^(\*\.)?[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?)*$/.test(name));
  if (wrong !== undefined) {
    throw new CertificateError(`${JSON.stringify(wrong)} is not a DNS name`);
  }
  if (!Number.isSafeInteger(lifetimeSeconds) || lifetimeSeconds < 1) {
    throw new CertificateError(`a certificate cannot live ${lifetimeSeconds} seconds`);
  }
}
