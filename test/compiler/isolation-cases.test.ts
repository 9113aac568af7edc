// What "denied in its place" means, sort by sort.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Artifact, type Compiler, createCompiler, type KubernetesObject, type ProxyClass } from '../../compiler/index.ts';
import { withLastGood } from '../../compiler/envoy/closure/last-good.ts';
import { createMemory } from '../../compiler/memory.ts';
import { artifactOf } from './support/compile-text.ts';
import { namespace, permissiveMode, routeGroup, service, tcpRoute, trafficSplit, trafficTarget, workload } from './support/objects.ts';
import { admits, destinations, sidecar } from './support/sidecar.ts';

function told(...objects: readonly object[]): Compiler {
  const compiler = createCompiler({ complete: true });
  for (const object of objects) compiler.set(object as KubernetesObject);
  return compiler;
}

function compiled(...objects: readonly object[]): { readonly artifact: Artifact; readonly broken: readonly string[] } {
  const result = told(...objects).compile();
  const broken = result.findings.filter(({ isolated }) => isolated).map(({ object, diagnostics }) => `${object.kind} ${object.name} ${diagnostics.map(({ code }) => code).join()}`);
  return { artifact: artifactOf(result), broken };
}

const web = (port: number, targetPort = port) => ({ port, targetPort, protocol: 'http' });
const get = { method: 'GET', path: '/a', headers: {} };
const anything = routeGroup('g', [{ name: 'm', pathRegex: '/.*', methods: ['*'] }]);
const may = (artifact: Artifact, port: string): boolean => admits(sidecar(artifact, 'mesh', 'server'), `${port}.mesh`, 'mesh/client', get);

test('a TCPRoute that is broken is no reason to drop the limit that it was', () => {
  const rules = [{ kind: 'HTTPRouteGroup', name: 'g' }, { kind: 'TCPRoute', name: 't' }];
  const mesh = (route: readonly object[]): readonly object[] => [
    namespace, anything, ...route, service('api', 0, [web(80), web(81)]), workload('server', ['api']), workload('client', []), trafficTarget('t', 'server', rules, ['client']),
  ];
  const whole = compiled(...mesh([tcpRoute('t', [80])])).artifact;
  assert.equal([may(whole, '80.api'), may(whole, '81.api')], [true, false]);
  for (const route of [[], [tcpRoute('t', [70_000])]]) {
    const { artifact } = compiled(...mesh(route));
    assert.equal([may(artifact, '80.api'), may(artifact, '81.api')], [false, false]);
  }
});

test("the port of a Service that is broken isn't taken as another's target port", () => {
  const mesh = (broken: object): readonly object[] => [
    namespace, anything, broken, service('other', 1, [web(8080, 80)]), workload('server', ['api', 'other']), workload('client', []),
    trafficTarget('t', 'server', [{ kind: 'HTTPRouteGroup', name: 'g' }], ['client'], 80),
  ];
  const whole = compiled(...mesh(service('api', 0, [web(80)]))).artifact;
  assert.equal([may(whole, '80.api'), may(whole, '8080.other')], [true, false]);
  const { artifact, broken } = compiled(...mesh(service('api', 0, [web(80), web(80)])));
  assert.equal([may(artifact, '80.api'), may(artifact, '8080.other')], [false, false]);
  assert.equal(broken, ['Service api SMIC5016']);
});

test('of a TrafficTarget, what can be resolved goes on: other rules, other matches, other sources', () => {
  const rules = [{ kind: 'HTTPRouteGroup', name: 'g', matches: ['m', 'nothing'] }, { kind: 'HTTPRouteGroup', name: 'nothing' }];
  const { artifact, broken } = compiled(
    namespace, anything, service('api', 0, [web(80)]), workload('server', ['api']), workload('client', []), trafficTarget('t', 'server', rules, ['client', 'nobody']),
  );
  assert.ok(may(artifact, '80.api'));
  assert.equal(broken, ['TrafficTarget t SMIC3102,SMIC3104,SMIC3105']);
});

const services = ['api', 'v1', 'v2', 'v3'];

/** Where the client's sidecar sends what is for port 80 of `api`. */
function shares(splits: readonly object[], without: readonly string[] = [], more: readonly object[] = []): readonly Readonly<Record<string, number>>[] | undefined {
  const { artifact } = compiled(
    namespace,
    anything,
    ...services.filter((name) => !without.includes(name)).map((name) => service(name, services.indexOf(name), [web(80)])),
    workload('server', services),
    workload('client', []),
    trafficTarget('t', 'server', [{ kind: 'HTTPRouteGroup', name: 'g' }], ['client']),
    ...splits,
    ...more,
  );
  return destinations(sidecar(artifact, 'mesh', 'client'), '10.0.0.1', 80);
}

const [v1, v2] = ['mesh/v1|80', 'mesh/v2|80'];
const nowhere = 'unresolved-backend';

for (const [title, found, expected] of [
  ['whole', () => shares([trafficSplit('s', 'api', { v1: 90, v2: 10 })]), [{ [v1]: 90, [v2]: 10 }]],
  ['a backend that is gone keeps its share, and it goes nowhere', () => shares([trafficSplit('s', 'api', { v1: 90, v2: 10 })], ['v2']), [{ [v1]: 90, [nowhere]: 10 }]],
  ['all backends are gone', () => shares([trafficSplit('s', 'api', { v1: 0, v2: 10 })], ['v2']), [{ [v1]: 0, [nowhere]: 10 }]],
  ['a backend without the port', () => shares([trafficSplit('s', 'api', { v1: 1, v2: 3 })], ['v2'], [service('v2', 2, [web(81)])]), [{ [v1]: 1, [nowhere]: 3 }]],
  ['a backend of another protocol', () => shares([trafficSplit('s', 'api', { v1: 1, v2: 3 })], ['v2'], [service('v2', 2, [{ port: 80, protocol: 'tcp' }])]), [{ [v1]: 1, [nowhere]: 3 }]],
  ['no backend with any port of the apex', () => shares([trafficSplit('s', 'api', { v2: 3 })], ['v2'], [service('v2', 2, [web(81)])]), [{ [nowhere]: 1 }]],
  ['weights that are all 0', () => shares([trafficSplit('s', 'api', { v1: 0 })]), [{ [nowhere]: 1 }]],
  ['one that its schema refuses', () => shares([{ ...trafficSplit('s', 'api', {}), spec: { service: 'api', backends: 'v1' } }]), [{ [nowhere]: 1 }]],
  ['in a version that is not known', () => shares([{ ...trafficSplit('s', 'api', { v1: 1 }), apiVersion: 'split.smi-spec.io/v9' }]), [{ [nowhere]: 1 }]],
  ['matches that are not known: any request may be meant', () => shares([trafficSplit('s', 'api', { v1: 1 }, ['nothing'])]), [{ [nowhere]: 1 }]],
  ['a circle', () => shares([trafficSplit('s', 'api', { v1: 1 }), trafficSplit('r', 'v1', { api: 1 })]), [{ [nowhere]: 1 }]],
  ['a backend that is split in a circle', () => shares([trafficSplit('s', 'api', { v1: 1, v2: 1 }), trafficSplit('r', 'v2', { v3: 1 }), trafficSplit('q', 'v3', { v2: 1 })]), [{ [v1]: 1, [nowhere]: 1 }]],
  ['a backend that is split by matches', () => shares([trafficSplit('s', 'api', { v1: 1, v2: 1 }), trafficSplit('r', 'v2', { v3: 1 }, ['g'])]), [{ [v1]: 1, [nowhere]: 1 }]],
  ['two for the same requests: the first holds', () => shares([trafficSplit('s', 'api', { v1: 1 }), trafficSplit('t', 'api', { v2: 1 })]), [{ [v1]: 1 }]],
  ['an apex in another namespace is left alone', () => shares([trafficSplit('s', 'api.elsewhere', { v1: 1 })]), [{ 'mesh/api|80': 1 }]],
] as const) {
  test(`TrafficSplit: ${title}`, () => assert.equal(found(), expected));
}

test('a MeshConfig that is broken: the last good one holds, and without one nothing is compiled', () => {
  const bad = { ...permissiveMode, spec: { traffic: { enablePermissiveTrafficPolicyMode: 'yes' } } };
  const others = [namespace, service('api', 0, [web(80)]), workload('server', ['api'])];
  const late = told(...others, bad);
  assert.is(late.compile().artifact, undefined);
  assert.equal(late.compile().findings.flatMap(({ object, isolated }) => (isolated ? [object.name] : [])), ['osm-mesh-config']);
  const compiler = told(...others, permissiveMode);
  const { artifact } = compiler.compile();
  assert.is(artifact?.mesh.mode, 'permissive');
  compiler.set(bad);
  assert.equal(compiler.compile().artifact?.classes, artifact?.classes);
  compiler.delete(bad as KubernetesObject);
  assert.is(compiler.compile().artifact?.mesh.mode, 'policy');
});

test('of two MeshConfigs none holds, and both are named', () => {
  const compiler = told(namespace, permissiveMode, { ...permissiveMode, metadata: { name: 'another', namespace: 'osm-system' } });
  const { artifact, findings } = compiler.compile();
  assert.is(artifact, undefined);
  assert.equal(findings.map(({ object, isolated }) => [object.name, isolated]), [['another', true], ['osm-mesh-config', true]]);
});

test("pods of a namespace whose object is broken don't belong to the mesh", () => {
  const { artifact, broken } = compiled(
    { ...namespace, metadata: { ...namespace.metadata, labels: 'none' } }, service('api', 0, [web(80)]), workload('server', ['api']),
  );
  assert.equal(artifact.classes, []);
  assert.ok(broken.some((name) => name.startsWith('Namespace mesh')));
});

test('proxies whose configuration does not hold together keep their last good one', () => {
  const build = (size: number): Artifact =>
    artifactOf(told(namespace, permissiveMode, service('api', 0, Array.from({ length: size }, (_, index) => web(80 + index))), workload('server', ['api']), workload('client', [])).compile());
  const memory = createMemory();
  const run = (artifact: Artifact, faulty: readonly ProxyClass[]): readonly ProxyClass[] => {
    memory.begin();
    const { classes } = memory.part('last good', (parts) => withLastGood(artifact, new Set(faulty), parts));
    memory.end();
    return classes;
  };
  const [first, second] = [build(1), build(2)];
  assert.is(run(first, []), first.classes);
  const [client, server] = run(second, second.classes.slice(0, 1));
  assert.is(server, second.classes[1]);
  assert.is(client?.name, 'client');
  // All that it had, with what stood in the set then.
  const names = [...(first.classes[0]?.resources ?? []), ...(first.sets[0]?.resources ?? [])].map(({ digest }) => digest);
  assert.equal([client?.sets, client?.resources.map(({ digest }) => digest).sort()], [[], names.sort()]);
  assert.is(run(second, second.classes.slice(0, 1))[0], client);
  assert.equal(run(build(1), build(1).classes.slice(0, 0)).length, 2);
});

test.run();
