import forge from 'node-forge';
import { generateKeyPairSync } from 'node:crypto';
import { toBytes } from './envoy-messages.ts';
import { messageNames } from './resource-types.ts';

/** A certificate and a trust bundle for the two holes that every proxy has, made anew at each start: no key lies in the repository. */
export function testSecrets(): ReadonlyMap<string, Uint8Array> {
  const authority = keyPair();
  const leaf = keyPair();
  const root = certificate(authority.publicKey, '01', 'test authority', 'test authority', [{ name: 'basicConstraints', cA: true, critical: true }]);
  root.sign(authority.privateKey, forge.md.sha256.create());
  const own = certificate(leaf.publicKey, '02', 'test workload', 'test authority', [
    { name: 'subjectAltName', altNames: [{ type: 6, value: 'spiffe://cluster.local/ns/test/sa/test' }] },
  ]);
  own.sign(authority.privateKey, forge.md.sha256.create());
  const inline = (text: string): object => ({ inline_string: text });
  const secrets = [
    { name: 'trust-bundle', validation_context: { trusted_ca: inline(forge.pki.certificateToPem(root)) } },
    { name: 'workload-certificate', tls_certificate: { certificate_chain: inline(forge.pki.certificateToPem(own)), private_key: inline(leaf.pem) } },
  ];
  return new Map(secrets.map((secret) => [secret.name, toBytes(messageNames.secret, secret)]));
}

interface KeyPair {
  readonly pem: string;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly publicKey: forge.pki.rsa.PublicKey;
}

// Node makes the keys, because forge takes a second for each.
function keyPair(): KeyPair {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  return {
    pem,
    privateKey: forge.pki.privateKeyFromPem(pem),
    publicKey: forge.pki.publicKeyFromPem(pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()),
  };
}

function certificate(key: forge.pki.rsa.PublicKey, serial: string, subject: string, issuer: string, extensions: object[]): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = key;
  made.serialNumber = serial;
  made.validity.notBefore = new Date(Date.now() - 3_600_000);
  made.validity.notAfter = new Date(Date.now() + 86_400_000);
  made.setSubject([{ name: 'commonName', value: subject }]);
  made.setIssuer([{ name: 'commonName', value: issuer }]);
  made.setExtensions(extensions);
  return made;
}
