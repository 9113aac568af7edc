import { fieldHead } from './protobuf-fields.ts';

/** A google.protobuf.Any in its binary encoding, in pieces: the type's URL (field 1) and the message's bytes (field 2). */
export function anyMessage(typeUrl: string, bytes: Uint8Array): readonly Uint8Array[] {
  const url = Buffer.from(typeUrl);
  // A default value is left out, as in everything that smic encodes.
  const valueHead = bytes.length === 0 ? Buffer.alloc(0) : fieldHead(2, bytes.length);
  return [fieldHead(1, url.length), url, valueHead, bytes];
}
