import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { encodeHead } from '../../compiler/artifact/bundle-header.ts';
import { decodeBundle, encodeBundle } from '../../compiler/artifact/bundle.ts';
import { sampleArtifact } from './support/sample-artifact.ts';

const bundle = encodeBundle(sampleArtifact());
const indexLength = Buffer.from(bundle).readUInt32LE(12);
const index = Buffer.from(bundle.subarray(48, 48 + indexLength)).toString();
const messages = bundle.subarray(48 + indexLength);

/** A bundle whose checksums are right, with another index: what somebody who means harm would send. */
function withIndex(change: (index: Record<string, unknown>) => unknown): Uint8Array {
  const changed = change(JSON.parse(index) as Record<string, unknown>);
  return Buffer.concat([encodeHead(Buffer.from(typeof changed === 'string' ? changed : JSON.stringify(changed))), messages]);
}

function refuses(bytes: Uint8Array, words: RegExp): void {
  assert.throws(
    () => decodeBundle(bytes),
    (error: unknown) => error instanceof ArtifactError && words.test(error.message),
  );
}

test('what is no bundle', () => {
  refuses(new Uint8Array(), /cut off/);
  refuses(Buffer.from('SMIC'), /cut off/);
  refuses(Buffer.from('{"kind": "List"}'.repeat(10)), /not a bundle/);
});

test('another version', () => {
  const changed = Buffer.from(bundle);
  changed.writeUInt32LE(2, 8);
  refuses(changed, /format version 2.*reads version 1/);
});

test('cut off anywhere', () => {
  for (let length = 0; length < bundle.length; length += 1) {
    refuses(bundle.subarray(0, length), /cut off/);
  }
});

test('bytes too many', () => {
  refuses(Buffer.concat([bundle, Buffer.from('x')]), /1 bytes too many/);
});

test('a length that no machine has memory for', () => {
  const changed = Buffer.from(bundle);
  changed.writeUInt32LE(0xffffffff, 12);
  refuses(changed, /cut off/);
});

test('any changed byte', () => {
  fc.assert(
    fc.property(fc.nat({ max: bundle.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ mask;
      assert.throws(
        () => decodeBundle(changed),
        (error: unknown) => error instanceof ArtifactError,
      );
    }),
    { numRuns: 500 },
  );
});

test('an index with the right checksum that is wrong', () => {
  refuses(withIndex(() => '{'), /index is not JSON/);
  refuses(withIndex(() => []), /index is not an object/);
  refuses(withIndex(() => '['.repeat(100_000)), /index is not JSON/);
  refuses(withIndex((one) => ({ ...one, mesh: null })), /index\.mesh is not an object/);
  refuses(withIndex((one) => ({ ...one, holes: ['x'] })), /index\.holes\[0\] is none of/);
  refuses(withIndex((one) => ({ ...one, messages: [['sha256:x', 0]] })), /index\.messages/);
  refuses(withIndex((one) => ({ ...one, messages: [[`sha256:${'0'.repeat(64)}`, 1]] })), /damaged/);
  refuses(withIndex((one) => ({ ...one, messages: [[`sha256:${'0'.repeat(64)}`, 1e300]] })), /whole number/);
  refuses(withIndex((one) => ({ ...one, messages: [[`sha256:${'0'.repeat(64)}`, 2 ** 50]] })), /cut off/);
  refuses(withIndex((one) => ({ ...one, messages: [[`sha256:${'0'.repeat(64)}`, -1]] })), /whole number/);
  refuses(withIndex((one) => ({ ...one, resources: [['cluster', 'x', 99, []]] })), /index\.resources\[0\]\[2\]/);
  refuses(withIndex((one) => ({ ...one, resources: [['thing', 'x', 0, []]] })), /index\.resources\[0\]\[0\] is none of/);
  refuses(withIndex((one) => ({ ...one, sets: [{ name: 'everyone', resources: [12] }] })), /index\.sets\[0\]\.resources\[0\]/);
  refuses(withIndex((one) => ({ ...one, sets: [] })), /the set "everyone", which isn't there/);
  refuses(withIndex((one) => ({ ...one, proxies: [...(one['proxies'] as unknown[]), ...(one['proxies'] as unknown[])] })), /twice/);
});

test('an index in which any one value was replaced is refused or read, never a crash', () => {
  const digest = createHash('sha256').update('x').digest('hex');
  let values = 0;
  JSON.parse(index, (_, member: unknown) => {
    values += 1;
    return member;
  });
  fc.assert(
    fc.property(fc.nat(), fc.constantFrom(null, -1, 1e9, 0.5, '', 'x', digest, [], {}, true, '__proto__'), (at, value) => {
      let position = 0;
      const bytes = withIndex(() => JSON.stringify(JSON.parse(index), (_, member: unknown) => (position++ === at % values ? value : member)));
      try {
        decodeBundle(bytes);
      } catch (error) {
        assert.instance(error, ArtifactError);
      }
    }),
    { numRuns: 500 },
  );
});

test.run();
