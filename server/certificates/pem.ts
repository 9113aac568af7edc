import forge from 'node-forge';

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
