import { DecodeError } from './decode-error.ts';

/** A field as it stands on the wire. `value`: of wire type 0 the number; of 1, 2 and 5 the bytes. */
export type WireField =
  | { readonly number: number; readonly wireType: 0; readonly value: bigint }
  | { readonly number: number; readonly wireType: 1 | 2 | 5; readonly value: Uint8Array };

/** The fields of a message in protobuf's binary encoding, in their order. Throws a DecodeError. */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const reader = createReader(bytes);
  while (!reader.atEnd()) {
    const tag = Number(reader.varint());
    const [number, wireType] = [Math.floor(tag / 8), tag % 8];
    switch (wireType) {
      case 0:
        yield { number, wireType, value: reader.varint() };
        break;
      case 1:
        yield { number, wireType, value: reader.bytes(8) };
        break;
      case 2:
        yield { number, wireType, value: reader.bytes(Number(reader.varint())) };
        break;
      case 5:
        yield { number, wireType, value: reader.bytes(4) };
        break;
      default:
        throw new DecodeError(`field ${number} has the unknown wire type ${wireType}`);
    }
  }
}

/** The numbers of a packed field. Throws a DecodeError. */
export function packedFields(bytes: Uint8Array, number: number, wireType: 0 | 1 | 2 | 5): readonly WireField[] {
  const reader = createReader(bytes);
  const fields: WireField[] = [];
  while (!reader.atEnd()) {
    fields.push(wireType === 0 ? { number, wireType, value: reader.varint() } : { number, wireType, value: reader.bytes(wireType === 1 ? 8 : 4) });
  }
  return fields;
}

interface Reader {
  atEnd(): boolean;
  varint(): bigint;
  bytes(length: number): Uint8Array;
}

function createReader(bytes: Uint8Array): Reader {
  let at = 0;
  return {
    atEnd: () => at >= bytes.length,
    varint() {
      let value = 0n;
      for (let shift = 0n; shift < 70n; shift += 7n) {
        const byte = bytes[at];
        if (byte === undefined) {
          throw new DecodeError('the message is cut off');
        }
        at += 1;
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) {
          return BigInt.asUintN(64, value);
        }
      }
      throw new DecodeError('a number is too long');
    },
    bytes(length) {
      const start = at;
      at += length;
      if (at > bytes.length) {
        throw new DecodeError('the message is cut off');
      }
      return bytes.subarray(start, at);
    },
  };
}
