/** A text field of protobuf's; nothing where it's empty, the default. */
export function textField(field: number, text: string): readonly Uint8Array[] {
  return text === '' ? [] : bytesField(field, Buffer.from(text));
}

/** A length-delimited field: a message or bytes, given in pieces. Written also where it's empty: that a message is there can matter. */
export function bytesField(field: number, ...pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  return [fieldHead(field, sizeOf(pieces)), ...pieces];
}

/** An integer below 2^53 that isn't negative; nothing where it's 0, the default. */
export function numberField(field: number, value: number): readonly Uint8Array[] {
  return value === 0 ? [] : [varints(field * 8, value)];
}

/** Tag and length of a length-delimited field of protobuf's. */
export function fieldHead(field: number, length: number): Uint8Array {
  return varints(field * 8 + 2, length);
}

/** Numbers below 2^53 that aren't negative, as protobuf writes them, one after another. */
function varints(...values: readonly number[]): Uint8Array {
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

/** How many bytes pieces have together. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
