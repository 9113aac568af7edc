import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generateMesh } from '../../bench/generate-mesh.ts';
import { createCompiler, type CompilerOptions, type KubernetesObject } from '../../compiler/index.ts';
import { type Mutation, mutate } from '../fuzz/mutations.ts';
import { goldenCases } from '../goldens/golden-case.ts';
import { clusterObjects, everything, isNamed, nameOf } from './support/cluster-objects.ts';

/** A change to a cluster. Numbers choose an object, whatever there is. */
type Edit =
  | { readonly kind: 'delete' | 'put back' | 'touch'; readonly at: number }
  | { readonly kind: 'change'; readonly at: number; readonly how: Mutation };

const place = fc.nat(1_000_000);
const value = fc.constantFrom<unknown>(
  0, 1, 80, 8080, 100, true, false, '', 'http', 'tcp', 'GET', '.*', '/a.*', '(', 'v1', 'bookstore', 'shop', 'books', 'nobody', '10.0.0.9', 'fd00::9', 'enabled', 'disabled', [], {}, ['GET', 'POST'],
);
const how: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('replace-value'), at: place, value }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('swap-values'), at: place, other: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete-key'), at: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat'), at: place }) },
);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('change'), at: place, how }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('delete', 'put back', 'touch'), at: place }) },
);

/** An object after a change of its content; itself where nothing comes of it that a cluster could hold. */
function changed(object: KubernetesObject, change: Mutation): KubernetesObject {
  const text = mutate(JSON.stringify(object), { ...change, at: change.at * 2 + 1 } as Mutation);
  try {
    const result: unknown = JSON.parse(text);
    return isNamed(result) ? result : object;
  } catch {
    return object;
  }
}

function apply(edits: readonly Edit[], original: readonly KubernetesObject[], now: Map<string, KubernetesObject>, told: { readonly set: (object: KubernetesObject) => void; readonly delete: (object: KubernetesObject) => void }): void {
  for (const one of edits) {
    const from = one.kind === 'put back' ? original : [...now.values()];
    const object = from[one.at % Math.max(1, from.length)];
    if (!object) continue;
    if (one.kind === 'delete') {
      now.delete(nameOf(object));
      told.delete(object);
      continue;
    }
    const next = one.kind === 'change' ? changed(object, one.how) : one.kind === 'touch' ? { ...object, metadata: { ...object.metadata, resourceVersion: String(one.at) } } : object;
    now.set(nameOf(next), next);
    told.set(next);
  }
}

function assertIncremental(original: readonly KubernetesObject[], rounds: readonly (readonly Edit[])[], options: Partial<CompilerOptions>): void {
  const compiler = createCompiler(options);
  const now = new Map<string, KubernetesObject>();
  for (const object of original) {
    now.set(nameOf(object), object);
    compiler.set(object);
  }
  for (const edits of [[], ...rounds]) {
    apply(edits, original, now, compiler);
    const fresh = createCompiler(options);
    for (const object of now.values()) fresh.set(object);
    const [incremental, scratch] = [compiler.compile(), fresh.compile()];
    // What history decides: a MeshConfig that is broken now.
    if (options.isolate && !scratch.artifact) continue;
    const [made, expected] = [everything(incremental), everything(scratch)];
    assert.equal(Object.keys(made), Object.keys(expected));
    for (const [path, content] of Object.entries(expected)) assert.is(made[path], content, path);
  }
}

const cases = goldenCases().flatMap(({ files, options, name }) => {
  const objects = clusterObjects(files);
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  return objects && size < 60_000 ? [{ name, objects, options }] : [];
});
const rounds = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
const runs = Number(process.env['INCREMENTAL_RUNS'] ?? 250);

for (const isolate of [false, true]) {
  test(`the goldens, changed step by step${isolate ? ', with broken objects isolated' : ''}: as from scratch`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...cases), fc.constantFrom(...cases), rounds, fc.boolean(), (one, other, edits, complete) => {
        const objects = new Map([...one.objects, ...other.objects].map((object) => [nameOf(object), object]));
        assertIncremental([...objects.values()], edits, { ...one.options, complete, isolate });
      }),
      { numRuns: runs },
    );
  });
}

test('generated meshes, changed step by step: as from scratch', () => {
  const meshes = [false, true].map((permissive) => clusterObjects(generateMesh({ services: 12, permissive, seed: 3 })) ?? []);
  fc.assert(
    fc.property(fc.constantFrom(...meshes), rounds, (objects, edits) => assertIncremental(objects, edits, { complete: true })),
    { numRuns: Math.ceil(runs / 5) },
  );
});

test.run();
