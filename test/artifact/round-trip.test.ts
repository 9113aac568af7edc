import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactFromFiles } from '../../compiler/artifact/artifact-from-files.ts';
import { bundleChunks, decodeBundle, encodeBundle } from '../../compiler/artifact/bundle.ts';
import { artifactFiles } from '../../compiler/artifact/layout.ts';
import type { LoadedArtifact, LoadedResource } from '../../compiler/artifact/loaded-artifact.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { asMap, sampleArtifact } from './support/sample-artifact.ts';

const artifact = sampleArtifact();
const fromBundle = decodeBundle(encodeBundle(artifact));
const fromFiles = artifactFromFiles(asMap(artifactFiles(artifact)), createEncoder());

/** Holes and inputs have no order. */
function comparable(loaded: LoadedArtifact): unknown {
  return { ...loaded, holes: [...loaded.holes].sort() };
}

test('folder and bundle give the same artifact', () => {
  assert.equal(comparable(fromBundle), comparable(fromFiles));
});

test('it has the digests, bytes and classes of what was compiled', () => {
  const facts = ({ type, name, digest, bytes }: Omit<LoadedResource, 'sources'>): unknown => [type, name, digest, [...bytes]];
  assert.equal(
    fromBundle.classes.map(({ resources, ...proxy }) => ({ ...proxy, resources: resources.map(facts) })),
    artifact.classes.map(({ resources, ...proxy }) => ({ ...proxy, resources: resources.map(facts) })),
  );
  assert.equal(fromBundle.mesh, artifact.mesh);
  assert.equal(fromBundle.inputs, artifact.inputs);
});

test('a resource knows where it comes from', () => {
  const listener = fromBundle.classes[0]?.resources.find(({ type }) => type === 'listener');
  assert.equal(listener?.sources[0], { pointer: '/filter_chains/2', object: 'Service/shop/b', file: 'policies/all.yaml', line: 20 });
});

test('a bundle holds each message once, and what classes share is one object', () => {
  const distinct = new Set([...artifact.classes, ...artifact.sets].flatMap(({ resources }) => resources.map(({ digest }) => digest)));
  assert.is([...bundleChunks(artifact)].length, 1 + distinct.size);
  const [one, other] = fromBundle.classes;
  assert.is(one?.resources[0], other?.resources[0]);
  assert.is(one?.resources[3], other?.resources[2]);
});

test('equal artifacts give equal bundles', () => {
  assert.equal(encodeBundle(sampleArtifact()), encodeBundle(artifact));
});

test('an artifact of nothing goes round', () => {
  const empty = { ...artifact, classes: [], sets: [], inputs: {} };
  assert.equal(decodeBundle(encodeBundle(empty)), { ...fromBundle, classes: [], sets: [], inputs: {} });
  assert.equal(artifactFromFiles(asMap(artifactFiles(empty)), createEncoder()).classes, []);
});

test.run();
