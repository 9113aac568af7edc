import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyType } from './key-type.ts';
import { pem } from './pem.ts';

export interface KeyPair {
  /** DER of its SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
  /** PEM, PKCS#8. */
  readonly privateKeyPem: string;
}

const generate = promisify(generateKeyPair);

/** Makes a key pair, off the event loop. An RSA key has 2048 bits for a leaf, which lives a day, and 3072 for a root, which lives for years. */
export async function makeKeyPair(type: KeyType, use: 'leaf' | 'root'): Promise<KeyPair> {
  if (type === 'ecdsa') {
    const { privateKey } = await generate('ec', { namedCurve: 'P-256' });
    return { privateKey, ...encodeP256(privateKey) };
  }
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: use === 'root' ? 3072 : 2048 });
  return { publicKey: publicKey.export({ type: 'spki', format: 'der' }), privateKey, privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** What stands before the point in a SubjectPublicKeyInfo of P-256 (RFC 5480 2), and before and after the number in a PrivateKeyInfo (RFC 5915 3). */
const beforePoint = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const beforeNumber = Buffer.from('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420', 'hex');
const afterNumber = Buffer.from('a14403420004', 'hex');

/** The same bytes as KeyObject.export gives, in a thirtieth of its time, which would be most of what a leaf costs on the event loop. */
export function encodeP256(privateKey: KeyObject): Pick<KeyPair, 'publicKey' | 'privateKeyPem'> {
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const whole = Buffer.concat([beforeNumber, Buffer.from(d, 'base64url'), afterNumber, point]);
  const privateKeyPem = pem('PRIVATE KEY', whole);
  whole.fill(0);
  return { publicKey: Buffer.concat([beforePoint, point]), privateKeyPem };
}
