import { fromBinary, fromJson, toBinary, type JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ResponseCache } from '../../../server/ads/response-cache.ts';
import { setVersion } from '../../../server/ads/set-version.ts';
import { readDeltaRequest, readSotwRequest } from '../../../server/ads/wire/discovery-request.ts';
import { deltaResponse, sotwResponse, withNonce } from '../../../server/ads/wire/discovery-response.ts';
import { WireError } from '../../../server/ads/wire/wire-error.ts';
import { configurationsOf } from '../../../server/configuration/configurations.ts';
import { envoyMessage } from '../../envoy/envoy-messages.ts';
import { decodeResponse } from './support/messages.ts';
import { shop, shopIdentity } from './support/shop.ts';

const test = suite('wire');
const bytesOf = (name: string, json: object): Uint8Array => {
  const schema = envoyMessage(name);
  return toBinary(schema, fromJson(schema, json as JsonValue));
};
// Surrogates that stand alone are no text of protobuf's.
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const names = fc.array(text, { maxLength: 20 });

test('requests: what another implementation writes is read', () => {
  fc.assert(
    fc.property(text, text, text, text, names, fc.option(text), (node, url, nonce, version, list, error) => {
      const json = {
        node: { id: node, cluster: 'c', metadata: { a: { b: [1, null, 'x'] } }, user_agent_build_version: { version: { major_number: 300 } } },
        type_url: url,
        response_nonce: nonce,
        version_info: version,
        resource_names: list,
        ...(error === null ? {} : { error_detail: { code: 3, message: error } }),
      };
      const request = readSotwRequest(bytesOf('envoy.service.discovery.v3.DiscoveryRequest', json));
      assert.equal(request, { nodeId: node, typeUrl: url, nonce, error: error ?? undefined, version, names: list });
    }),
  );
  fc.assert(
    fc.property(text, text, names, names, fc.dictionary(text.filter((key) => key !== '__proto__'), text), fc.option(text), (url, nonce, subscribe, unsubscribe, initial, error) => {
      const json = {
        type_url: url,
        response_nonce: nonce,
        resource_names_subscribe: subscribe,
        resource_names_unsubscribe: unsubscribe,
        initial_resource_versions: { ...initial },
        ...(error === null ? {} : { error_detail: { code: 3, message: error } }),
      };
      const request = readDeltaRequest(bytesOf('envoy.service.discovery.v3.DeltaDiscoveryRequest', json));
      assert.equal(request, { nodeId: undefined, typeUrl: url, nonce, error: error ?? undefined, subscribe, unsubscribe, initialVersions: new Map(Object.entries(initial)) });
    }),
  );
});

test('requests by resource locator count as well', () => {
  assert.equal(readSotwRequest(bytesOf('envoy.service.discovery.v3.DiscoveryRequest', { resource_locators: [{ name: 'a' }] })).names, ['a']);
  const delta = { resource_locators_subscribe: [{ name: 'a' }], resource_locators_unsubscribe: [{ name: 'b' }] };
  const { subscribe, unsubscribe } = readDeltaRequest(bytesOf('envoy.service.discovery.v3.DeltaDiscoveryRequest', delta));
  assert.equal([subscribe, unsubscribe], [['a'], ['b']]);
});

test('any bytes are read or refused, and nothing else happens', () => {
  const schema = envoyMessage('envoy.service.discovery.v3.DiscoveryRequest');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const read of [readSotwRequest, readDeltaRequest]) {
        try {
          read(bytes);
        } catch (error) {
          assert.instance(error, WireError);
        }
      }
    }),
    { numRuns: 2000 },
  );
  // What the other implementation reads, so does this one.
  const request = bytesOf('envoy.service.discovery.v3.DiscoveryRequest', { node: { id: 'n' }, resource_names: ['a', 'b'], type_url: 'u', error_detail: { message: 'm' } });
  for (let length = 0; length <= request.length; length += 1) {
    const cut = request.subarray(0, length);
    const readable = (read: () => unknown): boolean => {
      try {
        read();
        return true;
      } catch {
        return false;
      }
    };
    assert.is(readable(() => readSotwRequest(cut)), readable(() => fromBinary(schema, cut)), `${length} bytes`);
  }
});

const resources = [...(configurationsOf(shop()).byIdentity.get(shopIdentity)?.[0]?.resources.cluster.values() ?? [])];

test('responses: another implementation reads what is written', () => {
  const sotw = decodeResponse('sotw', withNonce(sotwResponse('cluster', 'v', resources), '17'));
  assert.equal([sotw.type, sotw.version, sotw.nonce, [...sotw.resources.keys()]], ['cluster', 'v', '17', ['a', 'b']]);
  const delta = decodeResponse('delta', withNonce(deltaResponse('cluster', resources, ['x', 'ü']), '18'));
  assert.equal([delta.type, delta.nonce, [...delta.resources], delta.removed], ['cluster', '18', resources.map(({ name, version }) => [name, version]), ['x', 'ü']]);
  assert.is(decodeResponse('delta', withNonce(deltaResponse('route', [], []), '1')).resources.size, 0);
});

test('a response is encoded once for streams that get the same, secrets excepted, and memory is bounded', () => {
  const cache = new ResponseCache(100_000);
  const response = { mode: 'delta', type: 'cluster', version: '', resources, removed: [] } as const;
  assert.is(cache.encode(response, '1'), cache.encode({ ...response, resources: [...resources] }, '1'));
  const second = cache.encode(response, '2');
  assert.is.not(second, cache.encode(response, '1'));
  assert.is(decodeResponse('delta', second).nonce, '2');
  const others = { ...response, resources: resources.slice(1) };
  assert.is.not(cache.encode(others, '1').length, cache.encode(response, '1').length);
  assert.is.not(cache.encode({ ...response, removed: ['x'] }, '1').length, cache.encode(response, '1').length);
  const secret = { ...response, type: 'secret' } as const;
  assert.is.not(cache.encode(secret, '1'), cache.encode(secret, '1'));
  const none = new ResponseCache(0);
  assert.is.not(none.encode(response, '1'), none.encode(response, '1'));
  assert.equal(none.encode(response, '1'), cache.encode(response, '1'));
});

test('the version of a set: whatever the order, and only of names and versions', () => {
  const [a, b] = [{ name: 'a', version: '1' }, { name: 'b', version: '2' }];
  assert.is(setVersion([a, b]), setVersion([b, a]));
  assert.is.not(setVersion([a, b]), setVersion([a]));
  assert.is.not(setVersion([{ name: 'a', version: '12' }]), setVersion([{ name: 'a1', version: '2' }]));
  assert.match(setVersion([]), /^sha256:[0-9a-f]{64}$/);
});

test.run();
