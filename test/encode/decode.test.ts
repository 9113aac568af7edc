import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DecodeError } from '../../compiler/decode/decode-error.ts';
import { createDecoder } from '../../compiler/decode/decoder.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { messages } from '../../compiler/encode/generated/descriptors.ts';
import { bookstoreArtifact } from '../server/support/bookstore-artifact.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { arbitraryMessage } from './support/arbitrary-message.ts';
import { descriptorOf, meaning } from './support/reference.ts';

const encoder = createEncoder();
const decoder = createDecoder();

test('random messages of every type: the JSON that the reference makes, and back to the same bytes', () => {
  for (const typeName of Object.keys(messages)) {
    fc.assert(
      fc.property(arbitraryMessage(descriptorOf(typeName), 2), (json) => {
        const bytes = encoder.encode(typeName, json);
        const decoded = decoder.decode(typeName, bytes) as object;
        assert.equal(encoder.encode(typeName, decoded), bytes);
        assert.equal(decoded, meaning(typeName, bytes));
      }),
      { numRuns: 4 },
    );
  }
});

test('what the compiler makes comes back', () => {
  const { classes, sets } = bookstoreArtifact();
  for (const { type, message, bytes } of [...classes, ...sets].flatMap(({ resources }) => resources)) {
    assert.equal(encoder.encode(messageNames[type], decoder.decode(messageNames[type], bytes) as object), bytes);
    // Defaults aren't written, so they may be missing.
    assert.is((decoder.decode(messageNames[type], bytes) as { name?: string }).name, (message as { name?: string }).name);
  }
});

test('what smic does not know is shown, and what is broken is refused', () => {
  assert.equal(decoder.decode('envoy.config.core.v3.Pipe', Buffer.from([0x0a, 1, 0x61, 0xf8, 0x3f, 7])), { path: 'a', '1023': '7' });
  assert.equal(decoder.decode('google.protobuf.Any', Buffer.from('\n\u0003a/b\u0012\u0001x')), { '@type': 'a/b', value: 'eA==' });
  for (const bytes of [[0x0a], [0x0a, 5, 1], [0x0b], [0x08, 1], [0xff]]) {
    assert.throws(() => decoder.decode('envoy.config.core.v3.Pipe', Uint8Array.from(bytes)), (error: unknown) => error instanceof DecodeError);
  }
  assert.throws(() => decoder.decode('no.such.Message', new Uint8Array()), /no descriptor of no.such.Message/);
});

test.run();
