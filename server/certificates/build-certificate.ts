import { bitString, encode, explicit, integer, type Node, sequence, time } from './der.ts';
import type { SigningKey } from './signing-key.ts';

/** What a certificate says. */
export interface CertificateContent {
  /** Highest byte first. */
  readonly serial: Uint8Array;
  /** Name */
  readonly issuer: Node;
  readonly subject: Node;
  /** Milliseconds since 1970, of whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** DER of its SubjectPublicKeyInfo. */
  readonly publicKey: Node;
  readonly extensions: readonly Node[];
}

/** An X.509 certificate (RFC 5280 4.1), version 3, in DER. */
export async function buildCertificate(content: CertificateContent, signer: SigningKey): Promise<Buffer> {
  const body = sequence(
    explicit(0, integer(Uint8Array.of(2))),
    integer(content.serial),
    signer.algorithm,
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    content.publicKey,
    explicit(3, sequence(...content.extensions)),
  );
  const signature = await signer.sign(encode(body));
  return encode(sequence(body, signer.algorithm, bitString(signature)));
}
