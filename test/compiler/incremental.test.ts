import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generateMesh } from '../../bench/generate-mesh.ts';
import { type CompilerOptions, type CompilerResult, createCompiler, type KubernetesObject } from '../../compiler/index.ts';
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
    assertSame(compiler.compile(), now.values(), options);
  }
}

function assertSame(incremental: CompilerResult, objects: Iterable<KubernetesObject>, options: Partial<CompilerOptions>): void {
  const fresh = createCompiler(options);
  for (const object of objects) fresh.set(object);
  const scratch = fresh.compile();
  // What history decides: a MeshConfig that is broken now.
  if (options.isolate !== false && !scratch.artifact) return;
  const [made, expected] = [everything(incremental), everything(scratch)];
  assert.equal(Object.keys(made), Object.keys(expected));
  for (const [path, content] of Object.entries(expected)) assert.is(made[path], content, path);
}

const cases = goldenCases().flatMap(({ files, options, name }) => {
  const objects = clusterObjects(files);
  const size = files.reduce((sum, { text }) => sum + text.length, 0);
  return objects && size < 60_000 ? [{ name, objects, options }] : [];
});
const rounds = fc.array(fc.array(edit, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
const runs = Number(process.env['INCREMENTAL_RUNS'] ?? 40);

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

/** Edits that people and controllers make, by kind: each leaves an object that its kind allows. */
const usual: Readonly<Record<string, readonly ((object: Copy, roll: number) => void)[]>> = {
  TrafficSplit: [
    ({ spec }, roll) => { spec['backends'] = (spec['backends'] as Fields[]).map((backend, index) => ({ ...backend, weight: (roll >> index) % 100 })); },
    ({ spec }, roll) => { spec['backends'] = (spec['backends'] as Fields[]).slice(roll % 2); },
  ],
  HTTPRouteGroup: [
    ({ spec }, roll) => { spec['matches'] = (spec['matches'] as Fields[]).map((match) => ({ ...match, pathRegex: `/${roll % 3}` })); },
    ({ spec }, roll) => { spec['matches'] = (spec['matches'] as Fields[]).slice(roll % 3); },
  ],
  TrafficTarget: [
    ({ spec }, roll) => { spec['sources'] = (spec['sources'] as Fields[]).slice(roll % 6); },
    ({ spec }, roll) => { spec['rules'] = (spec['rules'] as Fields[]).map((rule) => ({ ...rule, matches: ['list', 'read'].slice(roll % 2) })); },
    ({ spec }, roll) => { spec['destination'] = { ...(spec['destination'] as Fields), name: `service-0000${roll % 10}` }; },
  ],
  EndpointSlice: [
    (object, roll) => { object['endpoints'] = (object['endpoints'] as Fields[]).map((one, index) => ({ ...one, addresses: [`10.9.0.${(roll + index) % 250}`] })); },
    (object, roll) => { object['endpoints'] = (object['endpoints'] as Fields[]).slice(roll % 3); },
    (object, roll) => { object['endpoints'] = (object['endpoints'] as Fields[]).map((one) => ({ ...one, conditions: { ready: roll % 2 === 0 } })); },
    (object, roll) => { object['ports'] = [{ name: 'http', port: 8080 + (roll % 2), protocol: 'TCP' }]; },
  ],
  Pod: [
    (object, roll) => { object['status'] = { podIP: `10.128.${roll % 2}.${roll % 7}`, conditions: [{ type: 'Ready', status: roll % 2 === 0 ? 'True' : 'False' }] }; },
    ({ spec }, roll) => { spec['serviceAccountName'] = `service-0000${roll % 10}`; },
    ({ metadata }, roll) => { metadata['labels'] = { app: `service-0000${roll % 10}`, version: `v${roll % 3}` }; },
    ({ metadata }, roll) => { metadata['annotations'] = { 'openservicemesh.io/sidecar-injection': roll % 2 === 0 ? 'enabled' : 'disabled' }; },
  ],
  Service: [
    ({ spec }, roll) => { spec['ports'] = [{ name: 'http', port: 80, targetPort: roll % 2 === 0 ? 'web' : 9090, appProtocol: roll % 3 === 0 ? 'tcp' : 'http' }]; },
    ({ spec }, roll) => { Object.assign(spec, { clusterIP: 'None', clusterIPs: ['None'], publishNotReadyAddresses: roll % 2 === 0 }); },
    ({ spec }, roll) => { spec['selector'] = roll % 2 === 0 ? undefined : { app: `service-0000${roll % 10}` }; },
    ({ spec }, roll) => { spec['ports'] = [80, 81].map((port) => ({ name: `p${port}`, port, targetPort: 8080 + (roll % 2), appProtocol: 'http' })); },
  ],
  Deployment: [({ spec }, roll) => {
    const template = spec['template'] as Copy;
    const ports = [{ name: roll % 2 === 0 ? 'http' : 'web', containerPort: 8080 + (roll % 3) }];
    spec['template'] = { ...template, spec: { ...template.spec, containers: [{ name: 'app', image: 'x', ports }] } };
  }],
  Namespace: [({ metadata }, roll) => { metadata['labels'] = roll % 2 === 0 ? {} : { 'openservicemesh.io/monitored-by': 'osm' }; }],
  ServiceAccount: [({ metadata }, roll) => { metadata['labels'] = { roll: String(roll) }; }],
  MeshConfig: [({ spec }, roll) => { spec['traffic'] = { enablePermissiveTrafficPolicyMode: roll % 2 === 0, enableEgress: roll % 3 === 0 }; }],
};

type Fields = Record<string, unknown>;
type Copy = Fields & { readonly spec: Fields; readonly metadata: Fields };
type Usual = { readonly kind: string; readonly at: number; readonly way: number; readonly roll: number };

const usualEdit: fc.Arbitrary<Usual> = fc.record({ kind: fc.constantFrom(...Object.keys(usual), 'delete'), at: fc.nat(100), way: fc.nat(100), roll: fc.nat(10_000) });

/** What stands for an edit in `apply`: the object after it, or the one that is deleted. */
function usuallyChanged({ kind, at, way, roll }: Usual, now: readonly KubernetesObject[]): { readonly object: KubernetesObject; readonly deleted: boolean } | undefined {
  const candidates = kind === 'delete' ? now : now.filter((object) => object.kind === kind);
  const object = candidates[at % Math.max(1, candidates.length)];
  if (!object || kind === 'delete') return object && { object, deleted: true };
  const copy = structuredClone(object) as unknown as Copy;
  const ways = usual[kind] ?? [];
  try {
    ways[way % ways.length]?.(copy, roll);
  } catch {
    // Another version of the kind hasn't the field: nothing is changed.
    return undefined;
  }
  return { object: copy as unknown as KubernetesObject, deleted: false };
}

/** What an edit does by its `kind`, whatever mesh it is for: names of generated meshes lead nowhere in others. */
const steps = fc.array(fc.array(usualEdit, { minLength: 1, maxLength: 3 }), { minLength: 3, maxLength: 10 });
const generated = [false, false, true].map((permissive) => clusterObjects(generateMesh({ services: 10, permissive, seed: 3 })) ?? []);

for (const [title, meshes] of [['generated meshes', generated], ['the goldens', cases.map(({ objects }) => objects)]] as const) {
  test(`${title}, edited as usual: as from scratch`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...meshes), steps, (original, chosen) => {
        const compiler = createCompiler({ complete: true });
        const now = new Map(original.map((object) => [nameOf(object), object]));
        for (const object of original) compiler.set(object);
        compiler.compile();
        for (const step of chosen) {
          for (const one of step) {
            const change = usuallyChanged(one, [...now.values()]);
            if (!change) continue;
            if (change.deleted) {
              now.delete(nameOf(change.object));
              compiler.delete(change.object);
            } else {
              now.set(nameOf(change.object), change.object);
              compiler.set(change.object);
            }
          }
          assertSame(compiler.compile(), now.values(), { complete: true });
        }
      }),
      { numRuns: Math.ceil(runs / 2) },
    );
  });
}

test.run();
