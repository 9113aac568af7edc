import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactLoader } from '../../compiler/artifact/artifact-loader.ts';
import { decodeBundle } from '../../compiler/artifact/bundle.ts';
import { manifestOf } from '../../compiler/artifact/manifest.ts';
import { createCollector } from '../../compiler/diagnostics/collector.ts';
import { artifactFiles, compile, type Compiler, createCompiler, encodeBundle, type KubernetesObject } from '../../compiler/index.ts';
import { load } from '../../compiler/load/load.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';
import { type GoldenCase, goldenCases } from '../goldens/golden-case.ts';

/** The objects of a golden case, as values; undefined where its text is broken. */
function objectsOf({ files }: GoldenCase): readonly KubernetesObject[] | undefined {
  const collector = createCollector();
  const raw = rawObjects(load(files, collector), collector);
  return collector.diagnostics.length > 0 ? undefined : raw.map(({ value }) => value as unknown as KubernetesObject);
}

function filled(objects: readonly KubernetesObject[], options: GoldenCase['options']): Compiler {
  const compiler = createCompiler({ isolate: false, allowEmpty: false, ...options });
  for (const object of objects) compiler.set(object);
  return compiler;
}

for (const golden of goldenCases()) {
  const objects = objectsOf(golden);
  const names = new Set(objects?.map(({ apiVersion, kind, metadata: { name, namespace } }) => `${apiVersion.split('/')[0]} ${kind} ${namespace ?? 'default'} ${name}`));
  // An object twice can't be in a cluster.
  if (!objects || names.size < objects.length) continue;
  test(`${golden.name}: objects that were never a text`, () => {
    const fromText = compile(golden.files, golden.options);
    const result = filled(objects, golden.options).compile();
    const codes = ({ diagnostics }: typeof fromText): readonly string[] => diagnostics.map(({ code, object }) => `${code} ${JSON.stringify(object)}`).sort();
    assert.equal(codes(result), codes(fromText));
    assert.equal(result.artifact && manifestOf(result.artifact), fromText.artifact && manifestOf(fromText.artifact));
    for (const { place, path, object } of result.diagnostics) {
      assert.is(place, undefined);
      if (object) assert.type(path, 'string');
    }
    const text = JSON.stringify([result.diagnostics, ...(result.artifact ? artifactFiles(result.artifact) : [])]);
    assert.not.match(text, /undefined/);
  });
}

test('an artifact without files is loaded, bundled and read again', () => {
  const [golden] = goldenCases('bookstore-demo/split-50-50');
  const { artifact } = filled((golden && objectsOf(golden)) ?? [], golden?.options ?? {}).compile();
  assert.ok(artifact);
  const load = artifactLoader();
  // Bytes are checked by their digests.
  const plain = (loaded: ReturnType<typeof load>): unknown => JSON.parse(JSON.stringify(loaded, (key, value: unknown) => (key === 'bytes' ? undefined : value)));
  assert.equal(plain(load(artifact)), plain(decodeBundle(encodeBundle(artifact))));
  assert.is(load(artifact).classes[0], load(artifact).classes[0]);
});

test('an object that was deleted is forgotten, and so is a state that was replaced', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const compiler = createCompiler();
  const made: WeakRef<object>[] = [];
  const tell = (number: number): void => {
    const metadata = { name: 'api', namespace: 'mesh', labels: { number: String(number) } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'app' }] } };
    made.push(new WeakRef(pod));
    compiler.set(pod);
    compiler.compile();
  };
  tell(1);
  tell(2);
  compiler.delete({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'api', namespace: 'mesh' } });
  compiler.compile();
  // A WeakRef holds on to what it was asked for or made with until the next turn.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collect();
  assert.equal(made.map((reference) => reference.deref()), [undefined, undefined]);
});

test('what is no object of a cluster is refused', () => {
  const compiler = createCompiler();
  for (const object of [{}, { apiVersion: 'v1', kind: 'Pod' }, { apiVersion: 'v1', kind: 'Pod', metadata: {} }]) {
    assert.throws(() => compiler.set(object as KubernetesObject), /has apiVersion, kind and metadata.name/);
  }
});

test.run();
