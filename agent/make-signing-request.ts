import { createPrivateKey, sign } from 'node:crypto';
import { makeKeyPair } from '../server/certificates/key-pair.ts';
import { pem } from '../server/certificates/print-pem.ts';

/** A new key, and the request by which a certificate for it is asked for. */
export interface KeyWithRequest {
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** PEM: PKCS#10 without names, extensions and attributes. They'd be ignored: who this is, the token says. */
  readonly signingRequest: string;
}

/** Makes a P-256 key and a signing request (RFC 2986) for it. */
export async function makeSigningRequest(): Promise<KeyWithRequest> {
  const { publicKey, privateKeyPem } = await makeKeyPair('ecdsa', 'leaf');
  // CertificationRequestInfo: version 0, an empty subject, the key, no attributes.
  const body = der(0x30, der(0x02, Buffer.from([0])), der(0x30), publicKey, der(0xa0));
  const signature = sign('sha256', body, createPrivateKey(privateKeyPem));
  // BIT STRING begins with how many bits don't count.
  const request = der(0x30, body, ecdsaWithSha256, der(0x03, Buffer.from([0]), signature));
  return { privateKey: privateKeyPem, signingRequest: pem('CERTIFICATE REQUEST', request) };
}

/** AlgorithmIdentifier (RFC 5758 3.2). */
const ecdsaWithSha256 = Buffer.from('300a06082a8648ce3d040302', 'hex');

/** A value in DER; shorter than 256 bytes. */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const { length } = Buffer.concat(content);
  return Buffer.concat([Buffer.from(length < 0x80 ? [tag, length] : [tag, 0x81, length]), ...content]);
}
