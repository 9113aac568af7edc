import { WireError } from './wire-error.ts';

/** Takes a field: its number, and its value: a number where it's a varint, else a view of the bytes (length-delimited only). */
export type TakeField = (field: number, value: Uint8Array | number) => void;

/** Walks over the fields of a message in protobuf's binary encoding. Fields of fixed width are passed over. Throws a WireError. */
export function readFields(bytes: Uint8Array, take: TakeField): void {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 10; shift += 1) {
      const byte = bytes[at];
      if (byte === undefined) {
        throw new WireError('the message is cut off');
      }
      at += 1;
      // Beyond 53 bits digits are lost: nothing that is read here is so large.
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) {
        return value;
      }
    }
    throw new WireError('a number is too long');
  };
  const skip = (length: number): number => {
    const start = at;
    at += length;
    if (at > bytes.length) {
      throw new WireError('the message is cut off');
    }
    return start;
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (field === 0) {
      throw new WireError('a field has no number');
    }
    switch (tag % 8) {
      case 0:
        take(field, varint());
        break;
      case 1:
        skip(8);
        break;
      case 2: {
        const length = varint();
        const start = skip(length);
        take(field, bytes.subarray(start, at));
        break;
      }
      case 5:
        skip(4);
        break;
      default:
        throw new WireError(`field ${field} has the unknown wire type ${tag % 8}`);
    }
  }
}

/** The text of a length-delimited field. */
export function readText(value: Uint8Array | number): string {
  if (typeof value === 'number') {
    throw new WireError('expected text, found a number');
  }
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf8');
}

/** The bytes of a length-delimited field. */
export function readBytes(value: Uint8Array | number): Uint8Array {
  if (typeof value === 'number') {
    throw new WireError('expected a message, found a number');
  }
  return value;
}
