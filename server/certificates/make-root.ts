import { createPrivateKey, randomBytes } from 'node:crypto';
import { invariant } from '../../compiler/diagnostics/invariant.ts';
import { buildCertificate } from './build-certificate.ts';
import { objectIdentifier, parse, sequence, set, utf8 } from './der.ts';
import { authorityConstraints, authorityUsage, keyIdentifier, subjectKeyIdentifier } from './extensions.ts';
import type { Clock } from './issuer.ts';
import { makeKeyPair } from './key-pair.ts';
import type { KeyType } from './key-type.ts';
import { pem } from './print-pem.ts';
import { signingKey } from './signing-key.ts';

/** A CA's files. */
export interface AuthorityFiles {
  /** PEM: the certificate that signs leaves, then those above it. */
  readonly certificates: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
}

const organization = '2.5.4.10';
const commonName = '2.5.4.3';

/** How much earlier than now a certificate begins at most: clocks of machines differ. Milliseconds. */
export const clockSkew = 300_000;

const day = 86_400_000;

/** Makes a self-signed root. Its name ends with the beginning of its key's identifier, so that no two have the same name. */
export async function makeRoot(keyType: KeyType, lifetimeDays: number, clock: Clock): Promise<AuthorityFiles> {
  const { publicKey, privateKeyPem } = await makeKeyPair(keyType, 'root');
  const signer = signingKey(createPrivateKey(privateKeyPem));
  invariant(signer, 'a key that was made for a root cannot sign');
  const identifier = keyIdentifier(publicKey);
  const attribute = (id: string, text: string) => set(sequence(objectIdentifier(id), utf8(text)));
  const name = sequence(attribute(organization, 'smic'), attribute(commonName, `smic mesh root ${identifier.toString('hex', 0, 4)}`));
  const now = Math.floor(clock.now() / 1000) * 1000;
  const certificate = await buildCertificate(
    {
      serial: randomBytes(16),
      issuer: name,
      subject: name,
      notBefore: now - clockSkew,
      notAfter: now + lifetimeDays * day,
      publicKey: parse(publicKey),
      extensions: [authorityConstraints(), authorityUsage(), subjectKeyIdentifier(identifier)],
    },
    signer,
  );
  return { certificates: pem('CERTIFICATE', certificate), privateKey: privateKeyPem };
}
