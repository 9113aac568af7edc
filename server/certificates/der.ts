import forge from 'node-forge';

/** A node of an ASN.1 tree (X.690), as node-forge has it: content as one character a byte. */
export type Node = forge.asn1.Asn1;

const { asn1 } = forge;
const { Class, Type } = asn1;

const primitive = (type: forge.asn1.Type, content: string): Node => asn1.create(Class.UNIVERSAL, type, false, content);

/** SEQUENCE */
export function sequence(...children: readonly Node[]): Node {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...children]);
}

/** SET of one. */
export function set(child: Node): Node {
  return asn1.create(Class.UNIVERSAL, Type.SET, true, [child]);
}

/** OBJECT IDENTIFIER, from its dotted form. */
export function objectIdentifier(id: string): Node {
  return primitive(Type.OID, asn1.oidToDer(id).getBytes());
}

/** UTF8String of an ASCII text. */
export function utf8(text: string): Node {
  return primitive(Type.UTF8, text);
}

/** PrintableString of letters, digits, `-` and the like. */
export function printable(text: string): Node {
  return primitive(Type.PRINTABLESTRING, text);
}

/** BOOLEAN true; false is left out wherever it is the default. */
export function yes(): Node {
  return primitive(Type.BOOLEAN, '\xff');
}

/** NULL */
export function nothing(): Node {
  return primitive(Type.NULL, '');
}

/** INTEGER that isn't negative, from its bytes, highest first, in the shortest form. */
export function integer(bytes: Uint8Array): Node {
  const first = bytes.findIndex((byte) => byte !== 0);
  const significant = first === -1 ? Uint8Array.of(0) : bytes.subarray(first);
  const sign = (significant[0] ?? 0) >= 0x80 ? '\0' : '';
  return primitive(Type.INTEGER, sign + binary(significant));
}

/** BIT STRING; `unused` bits at the end don't count. */
export function bitString(bytes: Uint8Array, unused = 0): Node {
  return primitive(Type.BITSTRING, String.fromCharCode(unused) + binary(bytes));
}

/** OCTET STRING */
export function octetString(content: string): Node {
  return primitive(Type.OCTETSTRING, content);
}

/** Context-specific, primitive: `[tag]` with this content. */
export function tagged(tag: number, content: string): Node {
  return asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, false, content);
}

/** Context-specific and explicit: `[tag]` around another node. */
export function explicit(tag: number, child: Node): Node {
  return asn1.create(Class.CONTEXT_SPECIFIC, tag as forge.asn1.Type, true, [child]);
}

/** A certificate's Time (RFC 5280 4.1.2.5): UTCTime until 2049, GeneralizedTime from 2050 on. Takes milliseconds since 1970. */
export function time(milliseconds: number): Node {
  const date = new Date(milliseconds);
  return date.getUTCFullYear() < 2050 ? primitive(Type.UTCTIME, asn1.dateToUtcTime(date)) : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));
}

/** DER to a tree. What a BIT STRING holds stays bytes, even if it looks like a tree. Throws on anything else. */
export function parse(der: Uint8Array): Node {
  return asn1.fromDer(binary(der), exactly);
}

// node-forge knows more options than its types.
const exactly = { strict: true, parseAllBytes: true, decodeBitStrings: false } as unknown as boolean;

/** A tree to DER, one character a byte. */
export function contentOf(node: Node): string {
  return asn1.toDer(node).getBytes();
}

/** A tree to DER. */
export function encode(node: Node): Buffer {
  return Buffer.from(contentOf(node), 'latin1');
}

/** What stands in a node that isn't a leaf of the tree. */
export function children(node: Node | undefined): readonly Node[] {
  return Array.isArray(node?.value) ? node.value : [];
}

/** One character a byte, as node-forge wants it. */
export function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
