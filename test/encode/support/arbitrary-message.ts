import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { descriptorOf } from './reference.ts';

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ maxLength: 70 }), fc.constantFrom('', 'é', '𝄞', 'x'.repeat(200)));
const json = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
const integer64 = (signed: boolean): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.integer({ min: signed ? -1000 : 0, max: Number.MAX_SAFE_INTEGER }),
    fc.bigInt(signed ? { min: -(2n ** 63n), max: 2n ** 63n - 1n } : { min: 0n, max: 2n ** 64n - 1n }).map(String),
  );
const signed32 = fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31)), fc.integer().map(String));
const unsigned32 = fc.oneof(fc.nat(), fc.constantFrom(0, 127, 128, 16383, 16384, 2 ** 32 - 1));
const double = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)), fc.constantFrom('NaN', 'Infinity', '-Infinity', 0));
const bytes = fc.uint8Array({ maxLength: 20 }).map((value) => Buffer.from(value).toString('base64'));
const duration = fc
  .tuple(fc.constantFrom('', '-'), fc.nat({ max: 315_575_999_999 }), fc.option(fc.stringMatching(/^[0-9]{1,9}$/)))
  .map(([sign, seconds, fraction]) => `${sign}${seconds}${fraction === null ? '' : `.${fraction}`}s`);
const timestamp = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());

const scalars: Readonly<Record<ScalarType, fc.Arbitrary<unknown>>> = {
  [ScalarType.BOOL]: fc.boolean(),
  [ScalarType.STRING]: text,
  [ScalarType.BYTES]: bytes,
  [ScalarType.DOUBLE]: double,
  [ScalarType.FLOAT]: fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)), fc.constantFrom('NaN', 'Infinity')),
  [ScalarType.INT32]: signed32,
  [ScalarType.SINT32]: signed32,
  [ScalarType.SFIXED32]: signed32,
  [ScalarType.UINT32]: unsigned32,
  [ScalarType.FIXED32]: unsigned32,
  [ScalarType.INT64]: integer64(true),
  [ScalarType.SINT64]: integer64(true),
  [ScalarType.SFIXED64]: integer64(true),
  [ScalarType.UINT64]: integer64(false),
  [ScalarType.FIXED64]: integer64(false),
};

const wellKnown: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'google.protobuf.BoolValue': scalars[ScalarType.BOOL],
  'google.protobuf.DoubleValue': double,
  'google.protobuf.Duration': duration,
  'google.protobuf.Empty': fc.constant({}),
  'google.protobuf.ListValue': fc.array(json, { maxLength: 3 }),
  'google.protobuf.Struct': fc.dictionary(text, json, { maxKeys: 3 }).filter((value) => !Object.hasOwn(value, '__proto__')),
  'google.protobuf.StringValue': text,
  'google.protobuf.Timestamp': timestamp,
  'google.protobuf.UInt32Value': unsigned32,
  'google.protobuf.UInt64Value': scalars[ScalarType.UINT64],
  'google.protobuf.Value': json,
};

const anyTypes = [
  'envoy.extensions.filters.http.router.v3.Router',
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
  'xds.type.v3.TypedStruct',
];
const anyWellKnown = ['google.protobuf.Duration', 'google.protobuf.Struct', 'google.protobuf.UInt32Value'];

/** A message in JSON, at most `depth` messages deep. Keys come in any order. */
export function arbitraryMessage(message: DescMessage, depth: number): fc.Arbitrary<object> {
  const fields = message.fields.filter((field) => depth > 0 || !field.message || Object.hasOwn(wellKnown, field.message.typeName));
  if (fields.length === 0) {
    return fc.constant({});
  }
  return fc
    .shuffledSubarray([...fields], { maxLength: Math.min(fields.length, 6) })
    .map(oneOfEachOneof)
    .chain((chosen) => fc.tuple(...chosen.map((field) => fc.tuple(fc.constant(field.name), arbitraryField(field, depth)))))
    .map((entries) => Object.fromEntries(entries));
}

/** Leaves one field of each oneof. */
function oneOfEachOneof(fields: readonly DescField[]): DescField[] {
  return fields.filter((field, index) => !field.oneof || fields.findIndex((other) => other.oneof === field.oneof) === index);
}

function arbitraryField(field: DescField, depth: number): fc.Arbitrary<unknown> {
  const element = arbitraryElement(field, depth);
  switch (field.fieldKind) {
    case 'list':
      return fc.array(element, { maxLength: 3 });
    case 'map': {
      const key = field.mapKey === ScalarType.STRING ? text : fc.integer({ min: -5, max: 300 }).map(String);
      return fc.dictionary(key, element, { maxKeys: 3 }).filter((value) => !Object.hasOwn(value, '__proto__'));
    }
    default:
      return element;
  }
}

function arbitraryElement(field: DescField, depth: number): fc.Arbitrary<unknown> {
  if (field.enum) {
    const values = field.enum.values;
    const names = values.map((value) => value.name);
    return field.enum.typeName === 'google.protobuf.NullValue' ? fc.constant(null) : fc.constantFrom(...names, ...values.map((value) => value.number));
  }
  if (field.message) {
    const typeName = field.message.typeName;
    return typeName === 'google.protobuf.Any' ? arbitraryAny(depth - 1) : (wellKnown[typeName] ?? arbitraryMessage(field.message, depth - 1));
  }
  return scalars[field.scalar ?? ScalarType.STRING];
}

function arbitraryAny(depth: number): fc.Arbitrary<object> {
  const plain = anyTypes.map((typeName) =>
    arbitraryMessage(descriptorOf(typeName), Math.max(depth, 0)).map((value) => ({ '@type': `type.googleapis.com/${typeName}`, ...value })),
  );
  const special = anyWellKnown.map((typeName) =>
    (wellKnown[typeName] ?? fc.constant({})).map((value) => ({ '@type': `type.googleapis.com/${typeName}`, value })),
  );
  // Implementations differ on whether an Any of Empty has a "value"; all take it without.
  const empty = fc.constant({ '@type': 'type.googleapis.com/google.protobuf.Empty' });
  return fc.oneof(...plain, ...special, empty);
}
