import forge from 'node-forge';

/** DER as PEM, under a label such as `CERTIFICATE`. */
export function pem(label: string, der: Uint8Array): string {
  const text = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64');
  return `-----BEGIN ${label}-----\n${text.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}

/** The DER of every certificate in a PEM file, in its order; other blocks and text around them are passed over. Throws on broken PEM. */
export function certificatesOf(text: string): readonly Buffer[] {
  if (!text.includes('-----BEGIN')) {
    return [];
  }
  return forge.pem
    .decode(text)
    .filter(({ type }) => type === 'CERTIFICATE')
    .map(({ body }) => Buffer.from(body, 'latin1'));
}
