import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { meaning, referenceBytes } from './support/reference.ts';

const metadata = 'envoy.config.core.v3.Metadata';
const any = (value: object): [string, object] => ['envoy.config.core.v3.TypedExtensionConfig', { name: 'x', typed_config: value }];
const struct = (value: unknown): [string, object] => [metadata, { filter_metadata: { x: value } }];
const literal = (value: object): [string, object] => ['google.api.expr.v1alpha1.Constant', value];
const cluster = (value: object): [string, object] => ['envoy.config.cluster.v3.Cluster', { name: 'c', ...value }];
const listener = (value: object): [string, object] => ['envoy.config.listener.v3.Listener', value];
const type = (name: string): string => `type.googleapis.com/${name}`;

/** Taken by the reference too, which says what they mean. */
const legal: Readonly<Record<string, [string, object]>> = {
  'an empty message': listener({}),
  'an empty message as a field': listener({ connection_balance_config: { exact_balance: {} } }),
  'a default without presence': listener({ name: '' }),
  'a default enum': cluster({ lb_policy: 'ROUND_ROBIN' }),
  'an enum by number': cluster({ lb_policy: 1 }),
  'null for a field': cluster({ eds_cluster_config: null, lb_policy: null }),
  'a oneof member with its default': cluster({ type: 'STATIC' }),
  'fields out of order': cluster({ lb_policy: 'MAGLEV', connect_timeout: '1s', type: 'EDS' }),
  'an optional scalar with its default': ['envoy.config.route.v3.HeaderMatcher', { name: 'h', present_match: false }],
  'wrapped zero': cluster({ per_connection_buffer_limit_bytes: 0 }),
  'wrapped maximum': cluster({ per_connection_buffer_limit_bytes: 4294967295 }),
  'wrapped false': listener({ use_original_dst: false }),
  'wrapped true': listener({ use_original_dst: true }),
  'a wrapped double': cluster({ lb_subset_config: {}, least_request_lb_config: { active_request_bias: { default_value: 1.5, runtime_key: 'k' } } }),
  'a wrapped 64-bit number': ['envoy.config.core.v3.HealthCheck', { tcp_health_check: {}, alt_port: 1 }],
  'a duration': cluster({ connect_timeout: '5s' }),
  'a duration of nothing': cluster({ connect_timeout: '0s' }),
  'a duration with nanoseconds': cluster({ connect_timeout: '1.000000001s' }),
  'a negative duration': cluster({ connect_timeout: '-1.5s' }),
  'a negative duration under a second': cluster({ connect_timeout: '-0.5s' }),
  'the longest duration': cluster({ connect_timeout: '315576000000s' }),
  'the shortest duration': cluster({ connect_timeout: '-315576000000s' }),
  'a duration of more than 2^32 seconds': cluster({ connect_timeout: '4294967296.25s' }),
  'a time': literal({ timestamp_value: '2006-01-02T15:04:05Z' }),
  'a time before 1970': literal({ timestamp_value: '0001-01-01T00:00:00Z' }),
  'the last time': literal({ timestamp_value: '9999-12-31T23:59:59.999999999Z' }),
  'a time with a zone': literal({ timestamp_value: '2020-02-29T12:00:00.5+05:30' }),
  'null as a value': literal({ null_value: null }),
  'the largest unsigned number': literal({ uint64_value: '18446744073709551615' }),
  'the largest signed number': literal({ int64_value: '9223372036854775807' }),
  'the smallest signed number': literal({ int64_value: '-9223372036854775808' }),
  'a 64-bit number as a number': literal({ int64_value: -42 }),
  'a number above 32 bits': literal({ uint64_value: 4294967296 }),
  'NaN': literal({ double_value: 'NaN' }),
  'Infinity': literal({ double_value: 'Infinity' }),
  'minus Infinity': literal({ double_value: '-Infinity' }),
  'a double as a text': literal({ double_value: '1.5e3' }),
  'bytes': literal({ bytes_value: 'AAH/' }),
  'bytes without padding, for URLs': literal({ bytes_value: '-_8' }),
  'no bytes in a oneof': literal({ bytes_value: '' }),
  'an empty text in a oneof': literal({ string_value: '' }),
  'unicode': literal({ string_value: 'naïve 日本語 𝄞 \u0000 \u{10FFFF}' }),
  'a long text that is not ASCII': literal({ string_value: `${'x'.repeat(100)}é` }),
  'a long text': literal({ string_value: 'x'.repeat(70_000) }),
  'negative 32-bit numbers': ['google.api.expr.v1alpha1.SourceInfo', { positions: { '1': -1, '-2': -2147483648 }, line_offsets: [] }],
  'packed numbers': ['google.api.expr.v1alpha1.SourceInfo', { line_offsets: [0, 1, 127, 128, 300, -1] }],
  'packed enums': ['envoy.config.core.v3.HealthStatusSet', { statuses: ['HEALTHY', 'DRAINING', 'UNKNOWN'] }],
  'texts in a list, also empty ones': ['envoy.config.listener.v3.FilterChainMatch', { server_names: ['a', '', 'b'] }],
  'a map of messages': ['envoy.config.rbac.v3.RBAC', { policies: { b: {}, a: { permissions: [{ any: true }] }, '': {} } }],
  'a map with number keys': ['google.api.expr.v1alpha1.SourceInfo', { positions: { '10': 1, '9': 0, '-1': 5 } }],
  'a struct of everything': struct({ n: null, b: false, t: true, z: 0, f: -1.25, s: '', l: [1, [], {}, null], o: { p: { q: 'r' } } }),
  'an empty struct': struct({}),
  'a struct with keys like numbers': struct({ '10': 1, '9': 2, a: 3 }),
  'a list value': any({ '@type': type('google.protobuf.ListValue'), value: [1, 'a', null] }),
  'an Any of nothing': any({}),
  'an Any of an empty message': any({ '@type': type('envoy.extensions.filters.http.router.v3.Router') }),
  'an Any whose @type stands last': any({ dynamic_stats: false, '@type': type('envoy.extensions.filters.http.router.v3.Router') }),
  'an Any of a duration': any({ '@type': type('google.protobuf.Duration'), value: '1.5s' }),
  'an Any of a struct': any({ '@type': type('google.protobuf.Struct'), value: { a: 1 } }),
  'an Any of a value': any({ '@type': type('google.protobuf.Value'), value: 'a' }),
  'an Any of a text': any({ '@type': type('google.protobuf.StringValue'), value: 'a' }),
  'an Any of a 64-bit number': any({ '@type': type('google.protobuf.UInt64Value'), value: '18446744073709551615' }),
  'an Any of an Any': any({ '@type': type('google.protobuf.Any'), value: { '@type': type('google.protobuf.BoolValue'), value: true } }),
  'an Any of Empty': any({ '@type': type('google.protobuf.Empty') }),
  'a TypedStruct': any({ '@type': type('xds.type.v3.TypedStruct'), type_url: 'x/y', value: { deep: { deeper: [true] } } }),
  'Any in Any': any({
    '@type': type('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 's',
    http_filters: [{ name: 'router', typed_config: { '@type': type('envoy.extensions.filters.http.router.v3.Router'), suppress_envoy_headers: true } }],
  }),
  'a field number of three digits and a name with digits': cluster({ outlier_detection: { consecutive_5xx: 5 } }),
  'a wrapped float': any({ '@type': type('google.protobuf.FloatValue'), value: 0.1 }),
  'wrapped bytes': any({ '@type': type('google.protobuf.BytesValue'), value: 'AAE=' }),
  'doubles': ['envoy.config.overload.v3.ScaledTrigger', { scaling_threshold: 0.1, saturation_threshold: 0.95 }],
};

for (const [name, [typeName, json]] of Object.entries(legal)) {
  test(`${name}: means what the reference makes of it`, () => {
    const bytes = createEncoder().encode(typeName, json);
    const reference = referenceBytes(typeName, json);
    assert.equal(meaning(typeName, bytes), meaning(typeName, reference));
    assert.is(bytes.length, reference.length);
  });
}

/** Refused, with words that name the place. */
const illegal: Readonly<Record<string, [string, object, string]>> = {
  'an unknown field': [...listener({ filter_chains: [{}, { nam: 'x' }] }), 'filter_chains[1]: envoy.config.listener.v3.FilterChain has no field "nam"'],
  'a JSON name': [...listener({ filterChains: [] }), 'has no field "filterChains"'],
  'an unknown field that is undefined': [...listener({ nam: undefined }), 'has no field "nam"'],
  'a field named like a method': [...listener({ toString: 'x' }), 'has no field "toString"'],
  'a wrong type: number for text': [...listener({ name: 1 }), 'name: expected a text, found 1'],
  'a wrong type: text for message': [...listener({ address: 'x' }), 'address: expected an object, found "x"'],
  'a wrong type: list for message': [...listener({ address: [] }), 'address: expected an object, found a list'],
  'a wrong type: message for list': [...listener({ filter_chains: {} }), 'filter_chains: expected a list, found an object'],
  'a wrong type: text for bool': [...listener({ freebind: 'true' }), 'freebind: expected true or false'],
  'a wrong type: list for map': [...cluster({ typed_extension_protocol_options: [] }), 'expected an object, found a list'],
  'null in a list': [...listener({ filter_chains: [null] }), 'filter_chains[0]: expected an object, found null'],
  'an unknown enum value': [...cluster({ lb_policy: 'NEWEST' }), 'lb_policy: "NEWEST" is not a value of envoy.config.cluster.v3.Cluster.LbPolicy'],
  'an unknown enum number': [...cluster({ lb_policy: 99 }), '99 is not a value of'],
  'an enum number as a text': [...cluster({ lb_policy: '1' }), '"1" is not a value of'],
  'a number out of range': [...cluster({ per_connection_buffer_limit_bytes: 4294967296 }), 'is not between 0 and 4294967295'],
  'a negative number': [...cluster({ per_connection_buffer_limit_bytes: -1 }), 'is not between 0 and'],
  'a fraction': [...cluster({ per_connection_buffer_limit_bytes: 1.5 }), 'expected an integer'],
  'a 64-bit number out of range': [...literal({ uint64_value: '18446744073709551616' }), 'is not between'],
  'a number that JavaScript cannot hold': [...literal({ uint64_value: 2 ** 60 }), 'expected an integer'],
  'an empty number': [...literal({ int64_value: '' }), 'expected an integer'],
  'a hexadecimal number': [...literal({ int64_value: '0x10' }), 'expected an integer'],
  'a number with blanks': [...cluster({ per_connection_buffer_limit_bytes: ' 1' }), 'expected an integer'],
  'NaN as a number': [...literal({ double_value: NaN }), 'expected a number'],
  'a float out of range': [...any({ '@type': type('google.protobuf.FloatValue'), value: 1e300 }), 'out of range'],
  'two members of a oneof': [...cluster({ type: 'EDS', cluster_type: { name: 'x' } }), '"cluster_type" and "type" exclude each other'],
  'a duration without unit': [...cluster({ connect_timeout: '5' }), 'connect_timeout: expected a duration'],
  'a duration with ten digits': [...cluster({ connect_timeout: '5.0000000001s' }), 'expected a duration'],
  'a duration that is too long': [...cluster({ connect_timeout: '315576000001s' }), 'expected a duration'],
  'a duration as a number': [...cluster({ connect_timeout: 5 }), 'expected a duration'],
  'a time without zone': [...literal({ timestamp_value: '2006-01-02T15:04:05' }), 'expected a time'],
  'a day that is none': [...literal({ timestamp_value: '2021-02-30T00:00:00Z' }), 'expected a time'],
  'bytes that are not base64': [...literal({ bytes_value: 'a?==' }), 'expected base64'],
  'bytes of a wrong length': [...literal({ bytes_value: 'AAAAA' }), 'expected base64'],
  'half a surrogate pair': [...literal({ string_value: 'a\ud800' }), 'half a surrogate pair'],
  'NaN in a struct': [...struct({ a: NaN }), 'filter_metadata.x.a: expected a JSON value'],
  'a function in a struct': [...struct({ a: () => 1 }), 'expected a JSON value'],
  'an Any without @type': [...any({ value: 1 }), '"@type" is undefined'],
  'an Any of an unknown message': [...any({ '@type': type('envoy.Nothing') }), 'typed_config: "@type" is "type.googleapis.com/envoy.Nothing"'],
  'an Any of a method': [...any({ '@type': type('toString') }), 'the name of a message that smic knows'],
  'an Any with another prefix': [...any({ '@type': 'x/google.protobuf.Duration', value: '1s' }), 'expected type.googleapis.com/'],
  'an Any of a duration without value': [...any({ '@type': type('google.protobuf.Duration') }), '"value" is missing'],
  'an Any of a duration with more': [...any({ '@type': type('google.protobuf.Duration'), value: '1s', x: 1 }), 'unknown field "x"'],
  '@type outside of an Any': [...listener({ '@type': type('envoy.config.listener.v3.Listener') }), 'has no field "@type"'],
  'a map key that is no number': ['google.api.expr.v1alpha1.SourceInfo', { positions: { a: 1 } }, 'positions.a: expected an integer'],
};

for (const [name, [typeName, json, words]] of Object.entries(illegal)) {
  test(`${name}: refused`, () => {
    try {
      createEncoder().encode(typeName, json);
    } catch (error) {
      assert.ok(error instanceof Error && error.message.startsWith(typeName));
      assert.ok(error instanceof Error && error.message.includes(words), `${String(error)}\nlacks: ${words}`);
      return;
    }
    assert.unreachable('the encoder took it');
  });
}

test('a message without descriptor: refused', () => {
  assert.throws(() => createEncoder().encode('envoy.Nothing', {}), /envoy\.Nothing/);
});

test('after a refusal the encoder works on', () => {
  const encoder = createEncoder();
  assert.throws(() => encoder.encode(...listener({ name: 'a', filter_chains: [{ name: 1 }] })));
  assert.equal(encoder.encode(...listener({ name: 'a' })), createEncoder().encode(...listener({ name: 'a' })));
});

test('map entries are sorted: the same map gives the same bytes', () => {
  const encoder = createEncoder();
  const one = encoder.encode('envoy.config.rbac.v3.RBAC', { policies: { a: {}, b: { permissions: [{ any: true }] } } });
  const two = encoder.encode('envoy.config.rbac.v3.RBAC', { policies: { b: { permissions: [{ any: true }] }, a: {} } });
  assert.equal(one, two);
});

test('parts that are shared by reference give the bytes of parts that are not', () => {
  const chain = {
    name: 'chain',
    filters: [{ name: 'rbac', typed_config: { '@type': type('envoy.extensions.filters.network.rbac.v3.RBAC'), stat_prefix: 's' } }],
  };
  const message = { name: 'l', filter_chains: [chain, chain, chain, { name: 'other' }, chain] };
  const encoder = createEncoder();
  const expected = createEncoder().encode(...listener(structuredClone({ ...message, filter_chains: message.filter_chains.map((one) => structuredClone(one)) })));
  for (let time = 0; time < 4; time += 1) {
    assert.equal(encoder.encode(...listener(message)), expected);
  }
});

test('an object that stands for two message types is not mistaken', () => {
  const empty = {};
  const encoder = createEncoder();
  for (let time = 0; time < 3; time += 1) {
    assert.equal(encoder.encode(...any(empty)), createEncoder().encode(...any({})));
    assert.equal(encoder.encode(...listener({ filter_chains: [empty] })), createEncoder().encode(...listener({ filter_chains: [{}] })));
  }
});

test.run();
