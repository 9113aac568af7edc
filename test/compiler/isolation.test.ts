// A broken object of a cluster is denied in its place: nobody gets more than with the object whole, and the others go on.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Artifact, createCompiler, type CompilerResult, type KubernetesObject } from '../../compiler/index.ts';
import { mayCall, type ModelMesh } from './support/access-model.ts';
import { artifactOf } from './support/compile-text.ts';
import { calls, identities, meshes, objectsOf } from './support/random-access.ts';
import { admits, sidecar } from './support/sidecar.ts';

type Fields = Record<string, unknown>;
type Break = (spec: Fields, object: Fields) => void;

/** Ways to break an object of each kind, so that it holds an error or names what isn't there. */
const breaks: Readonly<Record<string, readonly Break[]>> = {
  TrafficTarget: [
    (spec) => { spec['rules'] = 'all'; },
    (spec) => { spec['sources'] = [...(spec['sources'] as object[]), { kind: 'ServiceAccount', name: 'nobody' }]; },
    (spec) => { spec['sources'] = [...(spec['sources'] as object[]), { kind: 'Group', name: 'ann' }]; },
    (spec) => { spec['destination'] = { ...(spec['destination'] as object), name: 'nobody' }; },
    (spec) => { spec['destination'] = { ...(spec['destination'] as object), namespace: 'elsewhere' }; },
    (spec) => { spec['rules'] = (spec['rules'] as Fields[]).map((rule) => ({ ...rule, name: 'nothing' })); },
    (spec) => { spec['rules'] = (spec['rules'] as Fields[]).map((rule, index) => (index === 0 ? { ...rule, name: 'nothing' } : rule)); },
    (spec) => { spec['rules'] = (spec['rules'] as Fields[]).map((rule) => ({ ...rule, matches: ['nothing'] })); },
    (spec) => { spec['rules'] = (spec['rules'] as Fields[]).map((rule) => ({ ...rule, kind: 'TCPRoute' })); },
  ],
  HTTPRouteGroup: [
    (spec) => { spec['matches'] = (spec['matches'] as Fields[]).map((match) => ({ ...match, pathRegex: '(' })); },
    (spec) => { spec['matches'] = [...(spec['matches'] as Fields[]), ...(spec['matches'] as Fields[])]; },
    (spec) => { spec['matches'] = { m: '/a' }; },
    (_, object) => { object['kind'] = 'Gone'; },
  ],
  TCPRoute: [
    (spec) => { spec['matches'] = { ports: [70_000] }; },
    (spec) => { spec['matches'] = 'all'; },
    (_, object) => { object['kind'] = 'Gone'; },
  ],
  Service: [
    (spec) => { spec['clusterIP'] = '10.0.0.300'; },
    (spec) => { spec['ports'] = [...(spec['ports'] as Fields[]), ...(spec['ports'] as Fields[])]; },
    (spec) => { spec['ports'] = 'all'; },
  ],
  Deployment: [(spec) => { spec['template'] = 'none'; }],
  Namespace: [(_, object) => { object['metadata'] = { ...(object['metadata'] as object), labels: 'none' }; }],
};

interface Broken {
  readonly objects: readonly Fields[];
  /** `<kind> <name>` of those that were broken. */
  readonly names: ReadonlySet<string>;
}

function broken(mesh: ModelMesh, choices: readonly (readonly [number, number])[]): Broken {
  const objects = structuredClone(objectsOf(mesh)) as Fields[];
  const names = new Set<string>();
  for (const [at, how] of choices) {
    const object = objects[at % objects.length];
    const ways = breaks[String(object?.['kind'])] ?? [];
    if (!object || ways.length === 0 || names.has(titleOf(object))) continue;
    names.add(titleOf(object));
    ways[how % ways.length]?.((object['spec'] ?? {}) as Fields, object);
  }
  return { objects, names };
}

function titleOf(object: Fields): string {
  return `${String(object['kind'])} ${(object['metadata'] as { readonly name: string }).name}`;
}

function isolated(objects: readonly Fields[]): CompilerResult {
  const compiler = createCompiler({ complete: true });
  for (const object of objects) compiler.set(object as object as KubernetesObject);
  return compiler.compile();
}

function allowed(mesh: ModelMesh, artifact: Artifact): ReadonlySet<string> {
  const classes = new Set(artifact.classes.map(({ name }) => name));
  const admitted = calls(mesh).filter(
    ({ client, server, service: name, port, request }) =>
      classes.has(server) && admits(sidecar(artifact, 'mesh', server), `${port.port}.${name}.mesh`, `mesh/${client}`, port.protocol === 'http' ? request : undefined),
  );
  return new Set(admitted.map(({ text }) => text));
}

const choices = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 3 });
const runs = Number(process.env['ISOLATION_RUNS'] ?? 200);

test('a broken object widens nothing', () => {
  fc.assert(
    fc.property(meshes, choices, (mesh, chosen) => {
      const { objects, names } = broken(mesh, chosen);
      const whole = new Set(calls(mesh).filter(({ client, server, port, request }) => mayCall(mesh, client, server, port, request)).map(({ text }) => text));
      for (const call of allowed(mesh, artifactOf(isolated(objects)))) assert.ok(whole.has(call), `${call} is new with ${[...names].join(', ')} broken`);
    }),
    { numRuns: runs },
  );
});

test('what has nothing to do with a broken object goes on', () => {
  fc.assert(
    fc.property(meshes, choices, (mesh, chosen) => {
      const { objects, names } = broken(mesh, chosen);
      if ([...names].some((name) => /^(?:Service|Deployment|Namespace) /.test(name))) return;
      const targets = mesh.targets.filter(({ rules }, index) => !names.has(`TrafficTarget tt-${index}`) && !rules.some(({ kind, name }) => names.has(`${kind} ${name}`)));
      const intact = calls(mesh).filter(({ client, server, port, request }) => mayCall({ ...mesh, targets }, client, server, port, request));
      const now = allowed(mesh, artifactOf(isolated(objects)));
      for (const { text } of intact) assert.ok(now.has(text), `${text} is gone with ${[...names].join(', ')} broken`);
    }),
    { numRuns: runs },
  );
});

test('an object that is left out as a whole is as good as not there', () => {
  fc.assert(
    fc.property(meshes, fc.nat(1000), fc.nat(1000), (mesh, at, how) => {
      const { objects, names } = broken(mesh, [[at, how]]);
      const result = isolated(objects);
      const [name = ''] = names;
      // Of a TrafficTarget a part may hold; a Service's ports are still known to be somebody's.
      if (!/^(?:HTTPRouteGroup|Deployment) /.test(name)) return;
      const without = isolated(objects.filter((object) => titleOf(object) !== name));
      assert.equal([...allowed(mesh, artifactOf(result))].sort(), [...allowed(mesh, artifactOf(without))].sort());
    }),
    { numRuns: runs },
  );
});

test('each broken object is named, with its uid, and nothing else', () => {
  for (const [kind, ways] of Object.entries(breaks)) {
    for (const [index, way] of ways.entries()) {
      const mesh: ModelMesh = {
        services: { one: { ports: [{ port: 80, targetPort: 8080, protocol: 'http' }], identities: [...identities] } },
        groups: { g: [{ name: 'm', pathRegex: '/a' }] },
        tcpRoutes: { t: [80] },
        targets: [{ destination: 'ann', rules: [{ kind: 'HTTPRouteGroup', name: 'g' }], sources: ['ben'] }],
      };
      const objects = structuredClone(objectsOf(mesh)) as Fields[];
      const object = objects.find((one) => one['kind'] === kind);
      assert.ok(object, kind);
      object['metadata'] = { ...(object['metadata'] as object), uid: 'u-1' };
      way((object['spec'] ?? {}) as Fields, object);
      if (object['kind'] === 'Gone') continue;
      const { findings } = isolated(objects);
      const errors = findings.filter((one) => one.isolated).map((one) => `${one.object.kind} ${one.object.uid}`);
      assert.ok(errors.includes(`${kind} u-1`), `${kind} ${index}: ${JSON.stringify(findings)}`);
    }
  }
});

test.run();
