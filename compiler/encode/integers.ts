import { EncodeError, shown } from './encode-error.ts';

/** A number as JSON writes it. */
const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const plainInteger = /^-?(0|[1-9]\d*)$/;

/** Reads an integer of at most 32 bits: a number, or a text that holds one. */
export function readInteger(value: unknown, minimum: number, maximum: number): number {
  const number = typeof value === 'string' && jsonNumber.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw new EncodeError(`expected an integer, found ${shown(value)}`);
  }
  if (number < minimum || number > maximum) {
    throw new EncodeError(`${shown(value)} is not between ${minimum} and ${maximum}`);
  }
  return number;
}

/** Reads an integer of 64 bits: a text, or a number that JavaScript holds exactly. */
export function readBigInteger(value: unknown, minimum: bigint, maximum: bigint): bigint {
  const integer = bigInteger(value);
  if (integer === undefined) {
    throw new EncodeError(`expected an integer, found ${shown(value)}`);
  }
  if (integer < minimum || integer > maximum) {
    throw new EncodeError(`${shown(value)} is not between ${minimum} and ${maximum}`);
  }
  return integer;
}

function bigInteger(value: unknown): bigint | undefined {
  if (typeof value === 'string') {
    if (plainInteger.test(value)) {
      return BigInt(value);
    }
    return jsonNumber.test(value) ? bigInteger(Number(value)) : undefined;
  }
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

/** Reads a floating-point number: a number, a text that holds one, or one of the three names that JSON has no number for. */
export function readFloat(value: unknown, maximum: number): number {
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') {
    return Number(value);
  }
  const number = typeof value === 'string' && jsonNumber.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    throw new EncodeError(`expected a number, found ${shown(value)}`);
  }
  if (Math.abs(number) > maximum) {
    throw new EncodeError(`${shown(value)} is out of range`);
  }
  return number;
}
