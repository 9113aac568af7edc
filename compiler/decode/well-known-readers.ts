import { bufferOf, scalarReaders } from './read-scalar.ts';
import { type WireField, wireFields } from './wire-fields.ts';

/** Protobuf's own message types that have a JSON form of their own; all but google.protobuf.Any. */
export const wellKnownReaders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  ...Object.fromEntries(
    (['Bool', 'Bytes', 'Double', 'Float', 'Int32', 'Int64', 'String', 'UInt32', 'UInt64'] as const).map((name) => [`google.protobuf.${name}Value`, wrapper(name.toLowerCase())]),
  ),
  'google.protobuf.Duration': (bytes) => {
    const [seconds, nanoseconds] = secondsAndNanoseconds(bytes);
    const sign = seconds < 0n || nanoseconds < 0n ? '-' : '';
    return `${sign}${magnitude(seconds)}${fraction(magnitude(nanoseconds))}s`;
  },
  'google.protobuf.Timestamp': (bytes) => {
    const [seconds, nanoseconds] = secondsAndNanoseconds(bytes);
    return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', `${fraction(nanoseconds)}Z`);
  },
  'google.protobuf.Empty': () => ({}),
  'google.protobuf.Struct': readStruct,
  'google.protobuf.ListValue': readList,
  'google.protobuf.Value': readValue,
};

function wrapper(type: string): (bytes: Uint8Array) => unknown {
  return (bytes) => {
    const reader = scalarReaders[type];
    const field = lastOf(bytes, 1);
    return field ? reader?.read(field) : reader?.missing;
  };
}

function readStruct(bytes: Uint8Array): unknown {
  const entries = [...wireFields(bytes)].map((field): [string, unknown] => {
    const [key, value] = [lastOf(bufferOf(field), 1), lastOf(bufferOf(field), 2)];
    return [key ? bufferOf(key).toString('utf8') : '', value ? readValue(bufferOf(value)) : null];
  });
  return Object.fromEntries(entries);
}

function readList(bytes: Uint8Array): unknown {
  return [...wireFields(bytes)].map((field) => readValue(bufferOf(field)));
}

/** Null, number, string, bool, struct, list: the members of a oneof. */
function readValue(bytes: Uint8Array): unknown {
  const field = [...wireFields(bytes)].at(-1);
  switch (field?.number) {
    case 2:
      return scalarReaders['double']?.read(field);
    case 3:
      return scalarReaders['string']?.read(field);
    case 4:
      return scalarReaders['bool']?.read(field);
    case 5:
      return readStruct(bufferOf(field));
    case 6:
      return readList(bufferOf(field));
    default:
      return null;
  }
}

function lastOf(bytes: Uint8Array, number: number): WireField | undefined {
  return [...wireFields(bytes)].findLast((field) => field.number === number);
}

function secondsAndNanoseconds(bytes: Uint8Array): readonly [bigint, bigint] {
  const part = (number: number): bigint => {
    const value = lastOf(bytes, number)?.value;
    return typeof value === 'bigint' ? BigInt.asIntN(64, value) : 0n;
  };
  return [part(1), part(2)];
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** In threes, as protobuf's own printers write it. */
function fraction(nanoseconds: bigint): string {
  const digits = String(nanoseconds).padStart(9, '0').replace(/(000)+$/, '');
  return digits === '' ? '' : `.${digits}`;
}
