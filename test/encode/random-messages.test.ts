import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { messages } from '../../compiler/encode/generated/descriptors.ts';
import { arbitraryMessage } from './support/arbitrary-message.ts';
import { descriptorOf, meaning, referenceBytes } from './support/reference.ts';

const encoder = createEncoder();

test('random messages of every type mean what the reference makes of them', () => {
  for (const typeName of Object.keys(messages)) {
    fc.assert(
      fc.property(arbitraryMessage(descriptorOf(typeName), 2), (json) => {
        assert.equal(meaning(typeName, encoder.encode(typeName, json)), meaning(typeName, referenceBytes(typeName, json)));
      }),
      { numRuns: 4 },
    );
  }
});

test('random resources: same meaning, same length, and the same bytes whatever the order of keys', () => {
  for (const typeName of [
    'envoy.config.listener.v3.Listener',
    'envoy.config.cluster.v3.Cluster',
    'envoy.config.route.v3.RouteConfiguration',
    'envoy.config.endpoint.v3.ClusterLoadAssignment',
    'envoy.extensions.transport_sockets.tls.v3.Secret',
    'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    'envoy.config.rbac.v3.RBAC',
  ]) {
    fc.assert(
      fc.property(arbitraryMessage(descriptorOf(typeName), 3), (json) => {
        const bytes = encoder.encode(typeName, json);
        const reference = referenceBytes(typeName, json);
        assert.equal(meaning(typeName, bytes), meaning(typeName, reference));
        assert.is(bytes.length, reference.length);
        assert.equal(encoder.encode(typeName, reversed(json) as object), bytes);
      }),
      { numRuns: 60 },
    );
  }
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(reversed);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reversed(member)]));
  }
  return value;
}

test.run();
