import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactFiles } from '../../compiler/artifact/layout.ts';
import { isSafeSegment } from '../../compiler/artifact/safe-path.ts';
import { asMap, sampleArtifact } from './support/sample-artifact.ts';

const files = asMap(artifactFiles(sampleArtifact()));
const folder = 'proxies/shop/client';

/** The way from the root of a JSON value: the check on the printed text that doesn't use the printer. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
  }
  return value;
}

test('manifest.json comes first; each class and set has a file for each type, and its sources', () => {
  const names = ['clusters.json', 'endpoints.json', 'listeners.json', 'routes.json', 'secrets.json', 'sources.json'];
  const folders = ['proxies/shop/client', 'proxies/shop/client~b+c', 'shared/everyone'];
  assert.equal([...files.keys()], ['manifest.json', ...folders.flatMap((one) => names.map((name) => `${one}/${name}`))]);
});

test('a resource file is what JSON.stringify makes of the messages with sorted keys', () => {
  for (const [index, name] of ['proxies/shop/client', 'proxies/shop/client~b+c'].entries()) {
    const resources = sampleArtifact().classes[index]?.resources ?? [];
    const listeners = resources.filter(({ type }) => type === 'listener').map(({ message }) => sorted(message));
    assert.is(files.get(`${name}/listeners.json`), `${JSON.stringify(listeners, null, 2)}\n`);
  }
});

test('an empty type is an empty list', () => {
  assert.is(files.get(`${folder}/routes.json`), '[]\n');
  assert.is(files.get('shared/everyone/sources.json')?.startsWith('{\n  "/clusters/0": ['), true);
});

test('sources.json names object, file and line of each part: in YAML, in JSON, sorted by number, each once', () => {
  assert.is(
    files.get(`${folder}/sources.json`),
    `{
  "/clusters/0": [{ "object": "Service/shop/b", "file": "policies/all.yaml", "line": 19 }],
  "/listeners/0/filter_chains/2": [{ "object": "Service/shop/b", "file": "policies/all.yaml", "line": 20 }, { "object": "TrafficTarget/shop/books", "file": "policies/all.yaml", "line": 9 }],
  "/listeners/0/filter_chains/10": [{ "object": "TrafficTarget/shop/books", "file": "policies/all.yaml", "line": 11 }]
}
`,
  );
});

test('the manifest holds the digest of every resource, and nothing of the machine', () => {
  const manifest = JSON.parse(files.get('manifest.json') ?? '') as { readonly [key: string]: unknown };
  assert.equal(Object.keys(manifest), ['formatVersion', 'holes', 'inputs', 'mesh', 'proxies', 'sets']);
  const digests = JSON.stringify(manifest).match(/sha256:[0-9a-f]{64}/g) ?? [];
  assert.is(new Set(digests).size, 2 + 6);
});

test('the same artifact gives the same files, whatever the order of keys and resources', () => {
  const artifact = sampleArtifact();
  const shuffled = {
    sets: artifact.sets,
    holes: [...artifact.holes].reverse(),
    inputs: Object.fromEntries(Object.entries(artifact.inputs).reverse()),
    classes: artifact.classes.map(({ resources, ...proxy }) => ({ resources: [...resources].reverse(), ...proxy })),
    mesh: { certificateSeconds: artifact.mesh.certificateSeconds, mode: artifact.mesh.mode, trustDomain: artifact.mesh.trustDomain, name: artifact.mesh.name },
  };
  assert.equal([...asMap(artifactFiles(shuffled))], [...files]);
});

test('files are made when they are asked for: the manifest alone needs no other', () => {
  const [first] = artifactFiles(sampleArtifact());
  assert.is(first?.path, 'manifest.json');
});

test('names that would leave the folder are never written', () => {
  for (const name of ['..', '.', '', '/', 'a/b', 'a\\b', 'a..b', '-a', 'A', 'a\0', 'é', 'a'.repeat(256), '~', 'con:']) {
    assert.not(isSafeSegment(name), name);
    const artifact = sampleArtifact();
    const [proxy] = artifact.classes;
    assert.throws(() => [...artifactFiles({ ...artifact, classes: proxy ? [{ ...proxy, namespace: name }] : [] })], /can't be a folder/);
  }
  for (const name of ['default', 'a', '0', 'bookstore-v1', 'a.b', 'client~b+c']) {
    assert.ok(isSafeSegment(name), name);
  }
});

test.run();
