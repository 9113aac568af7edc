import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { type Node, nothing, objectIdentifier, sequence } from './der.ts';

const signAsync = promisify<string, Uint8Array, KeyObject, Buffer>(sign);

/** A CA's private key, and how it signs. */
export interface SigningKey {
  /** AlgorithmIdentifier, as it stands in what is signed. */
  readonly algorithm: Node;
  /** The signature, made off the event loop. */
  sign(content: Uint8Array): Promise<Buffer>;
}

interface Algorithm {
  readonly id: string;
  readonly hash: string;
}

/** By curve (RFC 5758 3.2), with the hash of the curve's own strength. */
const curves: Readonly<Record<string, Algorithm>> = {
  prime256v1: { id: '1.2.840.10045.4.3.2', hash: 'sha256' },
  secp384r1: { id: '1.2.840.10045.4.3.3', hash: 'sha384' },
  secp521r1: { id: '1.2.840.10045.4.3.4', hash: 'sha512' },
};

const rsaWithSha256 = '1.2.840.113549.1.1.11';

/** How `key` signs; undefined where it can't for Envoy: what is neither RSA with 2048 bits or more nor ECDSA over P-256, P-384 or P-521. */
export function signingKey(key: KeyObject): SigningKey | undefined {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) {
    return { algorithm: sequence(objectIdentifier(rsaWithSha256), nothing()), sign: (content) => signAsync('sha256', content, key) };
  }
  const curve = key.asymmetricKeyType === 'ec' && Object.hasOwn(curves, namedCurve) ? curves[namedCurve] : undefined;
  return curve && { algorithm: sequence(objectIdentifier(curve.id)), sign: (content) => signAsync(curve.hash, content, key) };
}
