import { DecodeError } from './decode-error.ts';
import type { WireField } from './wire-fields.ts';

/** How a scalar type stands on the wire, and its value in JSON. */
export interface ScalarReader {
  readonly wireType: WireField['wireType'];
  readonly missing: unknown;
  read(field: WireField): unknown;
}

/** Protobuf's scalar types by name. Integers of 64 bits are text in JSON. */
export const scalarReaders: Readonly<Record<string, ScalarReader>> = {
  bool: varint(false, (value) => value !== 0n),
  int32: varint(0, (value) => Number(BigInt.asIntN(32, value))),
  uint32: varint(0, (value) => Number(BigInt.asUintN(32, value))),
  sint32: varint(0, (value) => Number(zigzag(value))),
  int64: varint('0', (value) => String(BigInt.asIntN(64, value))),
  uint64: varint('0', String),
  sint64: varint('0', (value) => String(zigzag(value))),
  fixed32: fixed(5, 0, (view) => view.getUint32(0, true)),
  sfixed32: fixed(5, 0, (view) => view.getInt32(0, true)),
  fixed64: fixed(1, '0', (view) => String(view.getBigUint64(0, true))),
  sfixed64: fixed(1, '0', (view) => String(view.getBigInt64(0, true))),
  double: fixed(1, 0, (view) => jsonNumber(view.getFloat64(0, true))),
  float: fixed(5, 0, (view) => jsonNumber(shortest(view.getFloat32(0, true)))),
  string: { wireType: 2, missing: '', read: (field) => bufferOf(field).toString('utf8') },
  bytes: { wireType: 2, missing: '', read: (field) => bufferOf(field).toString('base64') },
};

/** An enum's values by name; a number that has no name stays a number. */
export function enumReader(names: ReadonlyMap<number, string>): ScalarReader {
  return varint(names.get(0) ?? 0, (value) => {
    const number = Number(BigInt.asIntN(32, value));
    return names.get(number) ?? number;
  });
}

/** The bytes of a field that has some. */
export function bufferOf({ number, value }: WireField): Buffer {
  if (typeof value === 'bigint') {
    throw new DecodeError(`field ${number} is a number, where bytes are expected`);
  }
  return Buffer.from(value.buffer, value.byteOffset, value.length);
}

function varint(missing: unknown, read: (value: bigint) => unknown): ScalarReader {
  return {
    wireType: 0,
    missing,
    read: ({ number, value }) => {
      if (typeof value !== 'bigint') {
        throw new DecodeError(`field ${number} isn't a number`);
      }
      return read(value);
    },
  };
}

function fixed(wireType: 1 | 5, missing: unknown, read: (view: DataView) => unknown): ScalarReader {
  const size = wireType === 1 ? 8 : 4;
  return {
    wireType,
    missing,
    read: (field) => {
      const { buffer, byteOffset, length } = bufferOf(field);
      if (length !== size) {
        throw new DecodeError(`field ${field.number} doesn't have ${size} bytes`);
      }
      return read(new DataView(buffer, byteOffset, length));
    },
  };
}

function zigzag(value: bigint): bigint {
  return BigInt.asIntN(64, value >> 1n) ^ -(value & 1n);
}

/** JSON has no number for these. */
function jsonNumber(value: number): number | string {
  return Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

/** The shortest number that is this one in 32 bits: 0.1, and not 0.10000000149011612. */
function shortest(value: number): number {
  for (let digits = 1; Number.isFinite(value) && digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) {
      return short;
    }
  }
  return value;
}
