/** A google.protobuf.Any in its binary encoding: the type's URL (field 1) and the message's bytes (field 2). */
export function anyMessage(typeUrl: string, bytes: Uint8Array): Uint8Array {
  const url = Buffer.from(typeUrl);
  // A default value is left out, as in everything that smic encodes.
  const valueHead = bytes.length === 0 ? Buffer.alloc(0) : fieldHead(2, bytes.length);
  return Buffer.concat([fieldHead(1, url.length), url, valueHead, bytes]);
}

/** Tag and length of a length-delimited field of protobuf's. */
export function fieldHead(field: number, length: number): Uint8Array {
  return varints(field * 8 + 2, length);
}

/** Numbers below 2^53 that aren't negative, as protobuf writes them, one after another. */
export function varints(...values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = value;
    while (rest >= 0x80) {
      bytes.push((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}
