import { EncodeError, shown } from './encode-error.ts';
import { readBigInteger, readFloat, readInteger } from './integers.ts';
import type { Writer } from './writer.ts';

/** How a scalar type is read from JSON and written. */
export interface Scalar<T = unknown> {
  /** 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes. */
  readonly wireType: 0 | 1 | 2 | 5;
  /** Throws where the value isn't one of the type. */
  read(value: unknown): T;
  isDefault(value: T): boolean;
  /** Writes the value, and its length where the wire type wants one. */
  write(writer: Writer, value: T): void;
}

const maximumFloat = 3.4028234663852886e38;
const base64 = /^(?:[A-Za-z0-9+/]*|[A-Za-z0-9_-]*)={0,2}$/;
const surrogate = /\p{Surrogate}/u;

const isZero = (value: number): boolean => Object.is(value, 0);
const isBigZero = (value: bigint): boolean => value === 0n;

/** Negative 32-bit numbers take ten bytes on the wire, as if they had 64 bits. */
function writeSigned(writer: Writer, value: number): void {
  if (value < 0) {
    writer.varint64(BigInt.asUintN(64, BigInt(value)));
  } else {
    writer.varint(value);
  }
}

function integer(wireType: 0 | 5, minimum: number, maximum: number, write: Scalar<number>['write']): Scalar<number> {
  return { wireType, read: (value) => readInteger(value, minimum, maximum), isDefault: isZero, write };
}

function bigInteger(wireType: 0 | 1, signed: boolean, write: Scalar<bigint>['write']): Scalar<bigint> {
  const minimum = signed ? -(2n ** 63n) : 0n;
  const maximum = signed ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  return { wireType, read: (value) => readBigInteger(value, minimum, maximum), isDefault: isBigZero, write };
}

const int32 = [-(2 ** 31), 2 ** 31 - 1] as const;
const uint32 = [0, 2 ** 32 - 1] as const;
const unsigned64 = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Protobuf's scalar types by name. */
export const scalars: Readonly<Record<string, Scalar>> = {
  bool: {
    wireType: 0,
    read(value) {
      if (typeof value !== 'boolean') {
        throw new EncodeError(`expected true or false, found ${shown(value)}`);
      }
      return value;
    },
    isDefault: (value) => !value,
    write: (writer, value) => writer.varint(value ? 1 : 0),
  } satisfies Scalar<boolean>,
  string: {
    wireType: 2,
    read(value) {
      if (typeof value !== 'string') {
        throw new EncodeError(`expected a text, found ${shown(value)}`);
      }
      return value;
    },
    isDefault: (value) => value === '',
    write: writeText,
  } satisfies Scalar<string>,
  bytes: {
    wireType: 2,
    read(value) {
      if (typeof value !== 'string' || !base64.test(value) || value.replace(/=+$/, '').length % 4 === 1) {
        throw new EncodeError(`expected base64, found ${shown(value)}`);
      }
      return Buffer.from(value, 'base64');
    },
    isDefault: (value) => value.length === 0,
    write(writer, value) {
      writer.bytes(value);
      writer.varint(value.length);
    },
  } satisfies Scalar<Uint8Array>,
  double: {
    wireType: 1,
    read: (value) => readFloat(value, Infinity),
    isDefault: isZero,
    write: (writer, value) => writer.double(value),
  } satisfies Scalar<number>,
  float: {
    wireType: 5,
    read: (value) => readFloat(value, maximumFloat),
    isDefault: isZero,
    write: (writer, value) => writer.float(value),
  } satisfies Scalar<number>,
  int32: integer(0, ...int32, writeSigned),
  uint32: integer(0, ...uint32, (writer, value) => writer.varint(value)),
  sint32: integer(0, ...int32, (writer, value) => writer.varint(((value << 1) ^ (value >> 31)) >>> 0)),
  fixed32: integer(5, ...uint32, (writer, value) => writer.fixed32(value)),
  sfixed32: integer(5, ...int32, (writer, value) => writer.fixed32(value >>> 0)),
  int64: bigInteger(0, true, (writer, value) => writer.varint64(unsigned64(value))),
  uint64: bigInteger(0, false, (writer, value) => writer.varint64(value)),
  sint64: bigInteger(0, true, (writer, value) => writer.varint64(unsigned64((value << 1n) ^ (value >> 63n)))),
  fixed64: bigInteger(1, false, (writer, value) => writer.fixed64(value)),
  sfixed64: bigInteger(1, true, (writer, value) => writer.fixed64(unsigned64(value))),
};

/** Writes a text and its length. */
export function writeText(writer: Writer, value: string): void {
  const before = writer.written;
  writer.text(value);
  const length = writer.written - before;
  // Only a text that isn't ASCII takes more bytes than it has code units.
  if (length !== value.length && surrogate.test(value)) {
    throw new EncodeError(`${shown(value)} holds half a surrogate pair`);
  }
  writer.varint(length);
}

/** An enum by its values' names, or by a number that it has. */
export function enumScalar(name: string, values: ReadonlyMap<string, number>): Scalar<number> {
  const numbers = new Set(values.values());
  return {
    wireType: 0,
    read(value) {
      const number = typeof value === 'string' ? values.get(value) : numbers.has(Number(value)) ? value : undefined;
      if (typeof number !== 'number') {
        throw new EncodeError(`${shown(value)} is not a value of ${name}`);
      }
      return number;
    },
    isDefault: isZero,
    write: writeSigned,
  };
}

/** google.protobuf.NullValue, the one enum whose JSON form is null. */
export const nullScalar: Scalar<number> = {
  wireType: 0,
  read(value) {
    if (value !== null && value !== 'NULL_VALUE' && value !== 0) {
      throw new EncodeError(`expected null, found ${shown(value)}`);
    }
    return 0;
  },
  isDefault: isZero,
  write: writeSigned,
};
