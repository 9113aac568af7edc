import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { toBytes } from './envoy-messages.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';

/** A certificate and a trust bundle for the two holes that every proxy has, made anew at each start: no key lies in the repository. */
export function testSecrets(): ReadonlyMap<string, Uint8Array> {
  // Elliptic curves, because Envoy takes a millisecond each time it loads an RSA key.
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const root = certificate('test authority', authority.publicKey, authority.privateKey, extension(basicConstraints, sequence(der(0x01, Buffer.of(0xff)))));
  const uri = der(0x86, Buffer.from('spiffe://cluster.local/ns/test/sa/test'));
  const own = certificate('test workload', leaf.publicKey, authority.privateKey, extension(subjectAltName, sequence(uri)));
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const inline = (text: string): object => ({ inline_string: text });
  const secrets = [
    { name: 'trust-bundle', validation_context: { trusted_ca: inline(root) } },
    { name: 'workload-certificate', tls_certificate: { certificate_chain: inline(own), private_key: inline(key) } },
  ];
  return new Map(secrets.map((secret) => [secret.name, toBytes(messageNames.secret, secret)]));
}

/*
 * X.509 (RFC 5280) in DER, as far as it is needed here: node-forge signs with RSA only, and Node itself makes no certificates.
 */

const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex');
const commonName = Buffer.from('0603550403', 'hex');
const basicConstraints = Buffer.from('0603551d13', 'hex');
const subjectAltName = Buffer.from('0603551d11', 'hex');

function certificate(subject: string, key: KeyObject, signer: KeyObject, extensions: Buffer): string {
  const hour = 3_600_000;
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    sequence(ecdsaWithSha256),
    distinguishedName('test authority'),
    sequence(time(Date.now() - hour), time(Date.now() + 24 * hour)),
    distinguishedName(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extensions)),
  );
  const signature = sign('sha256', content, signer);
  const bytes = sequence(content, sequence(ecdsaWithSha256), der(0x03, Buffer.of(0), signature));
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))));
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, der(0x04, value));
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

/** A tag, the length, and the parts one after another. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}
