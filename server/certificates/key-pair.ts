import { createECDH, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyType } from './key-type.ts';
import { pem } from './print-pem.ts';

export interface KeyPair {
  /** DER of its SubjectPublicKeyInfo. */
  readonly publicKey: Buffer;
  /** PEM, PKCS#8. */
  readonly privateKeyPem: string;
}

const generate = promisify(generateKeyPair);

/** Makes a key pair. An RSA key, made off the event loop, has 2048 bits for a leaf, which lives a day, and 3072 for a root, which lives for years. */
export async function makeKeyPair(type: KeyType, use: 'leaf' | 'root'): Promise<KeyPair> {
  if (type === 'ecdsa') {
    return makeP256();
  }
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: use === 'root' ? 3072 : 2048 });
  return { publicKey: publicKey.export({ type: 'spki', format: 'der' }), privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** What stands before the point in a SubjectPublicKeyInfo of P-256 (RFC 5480 2). */
export const beforePoint = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex');
/** Before and after the number in a PrivateKeyInfo (RFC 5915 3). */
const beforeNumber = Buffer.from('308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420', 'hex');
const afterNumber = Buffer.from('a144034200', 'hex');

/**
 * A key of P-256, in the bytes that KeyObject.export would give.
 * By ECDH, which takes 0.1 ms for key and bytes together: generateKeyPair and export take five times that, most of it on the event loop.
 * Not by export to JWK: Node 20 holds the key's lock meanwhile, and stands still for ever where the garbage collector then frees what generated the key.
 */
function makeP256(): KeyPair {
  const keys = createECDH('prime256v1');
  const point = keys.generateKeys();
  const number = keys.getPrivateKey();
  // Without the leading zeros that one key in 256 has.
  const padding = Buffer.alloc(32 - number.length);
  const whole = Buffer.concat([beforeNumber, padding, number, afterNumber, point]);
  const privateKeyPem = pem('PRIVATE KEY', whole);
  whole.fill(0);
  number.fill(0);
  return { publicKey: Buffer.concat([beforePoint, point]), privateKeyPem };
}
