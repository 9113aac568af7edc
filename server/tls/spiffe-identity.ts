/** Why a certificate names no identity that counts here. */
export type IdentityFault = 'no-identity' | 'several-identities' | 'malformed-identity' | 'wrong-trust-domain';

/** One of the two. */
export type IdentityReading = { readonly identity: string; readonly fault?: never } | { readonly identity?: never; readonly fault: IdentityFault };

/** `DNS:a.b, URI:spiffe://…`: Node quotes, as JSON, whatever could be taken for more than one name. */
const names = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/gy;

/** Path segments as the SPIFFE ID specification (2.2) has them: no `.` or `..`, nothing to be decoded. */
const spiffe = /^spiffe:\/\/([a-z0-9._-]{1,255})((?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._-]+)+)$/;

/**
 * The identity in a certificate's subject alternative names, as Node writes them (`subjectAltName` of X509Certificate).
 * Exactly one URI, a SPIFFE ID of the trust domain (SPIFFE X.509-SVID, 2 and 5.2); names of other kinds don't matter.
 */
export function readIdentity(subjectAltName: string | undefined, trustDomain: string): IdentityReading {
  const uris = readUris(subjectAltName ?? '');
  const [uri] = uris ?? [];
  if (uris === undefined) {
    return { fault: 'malformed-identity' };
  }
  if (uri === undefined) {
    return { fault: 'no-identity' };
  }
  if (uris.length > 1) {
    return { fault: 'several-identities' };
  }
  const domain = uri.length <= 2048 ? spiffe.exec(uri)?.[1] : undefined;
  if (domain === undefined) {
    return { fault: 'malformed-identity' };
  }
  return domain === trustDomain ? { identity: uri } : { fault: 'wrong-trust-domain' };
}

/** undefined where the text can't be read for certain. */
function readUris(text: string): readonly string[] | undefined {
  const uris: string[] = [];
  let end = 0;
  for (const match of text.matchAll(names)) {
    if (match.index !== end) {
      return undefined;
    }
    end += match[0].length;
    if (match[1] === 'URI') {
      uris.push(match[2] ?? '');
    }
  }
  return end === text.length ? uris : undefined;
}
