import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { artifactOf, compileText, findings } from './support/compile-text.ts';
import { namespace, permissiveMode, routeGroup, service, tcpRoute, trafficSplit, trafficTarget, workload } from './support/objects.ts';
import { admits, danglingClusters, destinations, sidecar } from './support/sidecar.ts';

const names = ['apex', 'blue', 'green'];
const address = '10.0.0.1';

function cluster(protocol = 'http'): readonly object[] {
  return [
    namespace,
    ...names.map((name, index) => service(name, index, [{ port: 80, protocol }])),
    workload('blue', ['blue']),
    workload('green', ['green']),
    workload('client', []),
  ];
}

const any = routeGroup('all', [{ name: 'any' }]);
const everywhere = { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'TCPRoute', metadata: { name: 'all', namespace: 'mesh' } };
const allow = (destination: string, protocol: string): object =>
  trafficTarget(
    `to-${destination}`,
    destination,
    [protocol === 'http' ? { kind: 'HTTPRouteGroup', name: 'all', matches: ['any'] } : { kind: 'TCPRoute', name: 'all' }],
    ['client'],
  );

for (const protocol of ['http', 'tcp']) {
  test(`${protocol}: a backend that the client may not call is reported, is not left dangling, and refuses the client`, () => {
    const result = compileText([...cluster(protocol), any, everywhere, allow('blue', protocol), trafficSplit('split', 'apex', { blue: 9, green: 1 })]);
    assert.equal(findings(result), ['SMIC4015']);
    const artifact = artifactOf(result);
    const client = sidecar(artifact, 'mesh', 'client');
    assert.equal(destinations(client, address, 80), [{ 'mesh/blue|80': 9, 'mesh/green|80': 1 }]);
    assert.equal(danglingClusters(client), []);
    const request = protocol === 'http' ? { method: 'GET', path: '/', headers: {} } : undefined;
    assert.not(admits(sidecar(artifact, 'mesh', 'green'), '80.green.mesh', 'mesh/client', request));
    assert.ok(admits(sidecar(artifact, 'mesh', 'blue'), '80.blue.mesh', 'mesh/client', request));
  });
}

test('where a client may call only some of the identities behind a backend, its share goes to those', () => {
  const two = [workload('other', ['blue']), any, everywhere, allow('blue', 'http'), trafficSplit('split', 'apex', { blue: 1 })];
  const artifact = artifactOf(compileText([...cluster(), ...two]));
  const client = sidecar(artifact, 'mesh', 'client');
  assert.equal(destinations(client, address, 80), [{ 'mesh/blue|80~blue': 1 }]);
  assert.equal(danglingClusters(client), []);
});

test('a split opens nothing: who may call no backend has no way to the apex', () => {
  const artifact = artifactOf(compileText([...cluster(), any, everywhere, trafficSplit('split', 'apex', { blue: 9, green: 1 })]));
  assert.is(destinations(sidecar(artifact, 'mesh', 'client'), address, 80), undefined);
});

test('weight 0 gets no connection over TCP and no request over HTTP, and its cluster stands ready', () => {
  for (const protocol of ['http', 'tcp']) {
    const artifact = artifactOf(compileText([permissiveMode, ...cluster(protocol), trafficSplit('split', 'apex', { blue: 1, green: 0 })]));
    const client = sidecar(artifact, 'mesh', 'client');
    const [shares = {}] = destinations(client, address, 80) ?? [];
    assert.is(shares['mesh/green|80'] ?? 0, 0, protocol);
    assert.ok(client.clusters.some(({ name }) => name === 'mesh/green|80'), protocol);
  }
});

test('splits with matches take their requests in an order that no input changes, and the rest goes on', () => {
  const firefox = routeGroup('firefox', [{ name: 'firefox', headers: { 'user-agent': '.*Firefox.*' } }]);
  const writes = routeGroup('writes', [{ name: 'writes', methods: ['POST'] }]);
  const splits = [
    trafficSplit('b-rest', 'apex', { blue: 1, green: 1 }),
    trafficSplit('c-firefox', 'apex', { green: 1 }, ['firefox']),
    trafficSplit('a-writes', 'apex', { blue: 1 }, ['writes']),
  ];
  const expected = [{ 'mesh/blue|80': 1 }, { 'mesh/green|80': 1 }, { 'mesh/blue|80': 1, 'mesh/green|80': 1 }];
  for (const order of [splits, [...splits].reverse()]) {
    const artifact = artifactOf(compileText([permissiveMode, ...cluster(), firefox, writes, ...order]));
    assert.equal(destinations(sidecar(artifact, 'mesh', 'client'), address, 80), expected);
  }
});

test('a split whose groups have no matches is not a split of all requests', () => {
  const result = compileText([permissiveMode, ...cluster(), workload('apex', ['apex']), routeGroup('none', []), trafficSplit('split', 'apex', { green: 1 }, ['none'])]);
  assert.equal(findings(result), ['SMIC4018']);
  assert.equal(destinations(sidecar(artifactOf(result), 'mesh', 'client'), address, 80), [{ 'mesh/apex|80': 1 }]);
});

test('every version splits alike', () => {
  const versions = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4'].map((version) => ({
    apiVersion: `split.smi-spec.io/${version}`,
    kind: 'TrafficSplit',
    metadata: { name: 'split', namespace: 'mesh' },
    spec: { service: 'apex', backends: [{ service: 'blue', weight: 3 }, { service: 'green', weight: 1 }] },
  }));
  const digests = versions.map((split) =>
    artifactOf(compileText([permissiveMode, ...cluster(), split])).sets.flatMap(({ resources }) => resources.map(({ digest }) => digest)).join(),
  );
  assert.is(new Set(digests).size, 1);
});

test('all forms of the host name mean the apex, and no other name does', () => {
  for (const apex of ['apex', 'apex.mesh', 'apex.mesh.svc', 'apex.mesh.svc.cluster.local']) {
    assert.equal(findings(compileText([permissiveMode, ...cluster(), trafficSplit('split', apex, { blue: 1 })])), [], apex);
  }
  for (const apex of ['apex.other', 'apex.mesh.pod', 'apex.mesh.svc.example.org', 'www.apex.mesh.svc.cluster.local']) {
    assert.equal(findings(compileText([permissiveMode, ...cluster(), trafficSplit('split', apex, { blue: 1 })])), ['SMIC4003'], apex);
  }
});

test('a TCPRoute for the backend\'s port opens the way through the apex', () => {
  const target = trafficTarget('tt', 'blue', [{ kind: 'TCPRoute', name: 't' }], ['client']);
  const artifact = artifactOf(compileText([...cluster('tcp'), tcpRoute('t', [80]), target, trafficSplit('split', 'apex', { blue: 1 })]));
  assert.equal(destinations(sidecar(artifact, 'mesh', 'client'), address, 80), [{ 'mesh/blue|80': 1 }]);
});

test.run();
