/** A google.protobuf.Any in its binary encoding: the type's URL (field 1) and the message's bytes (field 2). */
export function anyMessage(typeUrl: string, bytes: Uint8Array): Uint8Array {
  const url = Buffer.from(typeUrl);
  const urlHead = fieldHead(1, url.length);
  // A default value is left out, as in everything that smic encodes.
  const valueHead = bytes.length === 0 ? Buffer.alloc(0) : fieldHead(2, bytes.length);
  return Buffer.concat([urlHead, url, valueHead, bytes]);
}

/** Tag and length of a length-delimited field of protobuf's. */
export function fieldHead(field: number, length: number): Buffer {
  const head: number[] = [];
  for (const value of [field * 8 + 2, length]) {
    let rest = value;
    while (rest >= 0x80) {
      head.push((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    head.push(rest);
  }
  return Buffer.from(head);
}
