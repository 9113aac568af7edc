import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CompileResult } from '../../compiler/index.ts';
import { compileCase, goldenCases } from '../goldens/golden-case.ts';
import { artifactOf, compileText, findings } from './support/compile-text.ts';
import { namespace, routeGroup, service, tcpRoute, trafficTarget, workload } from './support/objects.ts';
import { admits, destinations, type Request, type Sidecar, sidecar } from './support/sidecar.ts';

const web = 'front/web';
const batch = 'front/batch';
const get: Request = { method: 'GET', path: '/orders/7', headers: {} };
const post: Request = { method: 'POST', path: '/orders/7', headers: {} };
const vacuum: Request = { method: 'POST', path: '/vacuum', headers: {} };

const cases = new Map(goldenCases('access/').map((golden) => [golden.name, golden]));

function compiled(name: string): CompileResult {
  const golden = cases.get(`access/${name}`);
  if (!golden) throw new Error(`no case ${name}`);
  return compileCase(golden);
}

function server(name: string, workloadName: string, at = 'shop'): Sidecar {
  return sidecar(artifactOf(compiled(name)), at, workloadName);
}

const orders = '80.orders.shop';
const postgres = '5432.database.shop';
const admin = '8080.database.shop';

test('overlapping TrafficTargets are a union, whoever comes first (osm#5297)', () => {
  const sut = server('overlapping-targets', 'orders');
  assert.ok(admits(sut, orders, web, get));
  assert.ok(admits(sut, orders, batch, get));
  assert.ok(admits(sut, orders, batch, post));
  assert.not(admits(sut, orders, web, post));
});

test('without a TrafficTarget nobody gets anything', () => {
  const sut = server('deny-by-default', 'database');
  for (const client of ['shop/orders', 'shop/backup', 'shop/database', web]) {
    assert.not(admits(sut, postgres, client, undefined));
    assert.not(admits(sut, admin, client, vacuum));
  }
});

test('a TCP port that nobody may call has no chain: nobody even finishes a TLS handshake', () => {
  for (const name of ['deny-by-default', 'http-rules-open-no-tcp-port', 'tcp-port-that-nobody-has', 'tcp-rule-with-empty-matches']) {
    const names = server(name, 'database').inbound.flatMap((chain) => chain.filter_chain_match?.server_names ?? []);
    assert.equal(names, [`${admin}.svc.cluster.local`], name);
  }
});

test('a TCPRoute admits its sources to its port, and nobody else', () => {
  for (const name of ['tcp-service-port', 'tcp-target-port', 'omitted-namespaces', 'tcp-all-ports']) {
    const sut = server(name, 'database');
    assert.ok(admits(sut, postgres, 'shop/orders', undefined), name);
    assert.not(admits(sut, postgres, 'shop/backup', undefined), name);
    assert.not(admits(sut, admin, 'shop/orders', vacuum), name);
  }
});

test('a port restriction applies to HTTP as it does to TCP', () => {
  assert.not(admits(server('tcp-port-restricts-http', 'database'), admin, 'shop/orders', vacuum));
  assert.ok(admits(server('tcp-and-http-in-one-target', 'database'), admin, 'shop/orders', vacuum));
  const byPort = server('destination-port', 'database');
  assert.ok(admits(byPort, admin, 'shop/backup', vacuum));
  assert.not(admits(byPort, admin, 'shop/orders', vacuum));
  assert.ok(admits(byPort, postgres, 'shop/orders', undefined));
  assert.not(admits(byPort, postgres, 'shop/backup', undefined));
});

test('in permissive mode every identity of the mesh is admitted, and nobody without one', () => {
  const sut = server('permissive', 'database');
  assert.ok(admits(sut, postgres, 'anywhere/anyone', undefined));
  assert.ok(admits(sut, admin, 'anywhere/anyone', get));
  for (const chain of sut.inbound) assert.is(chain.filter_chain_match?.transport_protocol, 'tls');
});

test('a workload may call itself only by a rule', () => {
  assert.ok(admits(server('same-identity-on-both-sides', 'orders'), orders, 'shop/orders', get));
  const alone = server('calling-oneself-needs-a-rule', 'orders');
  assert.not(admits(alone, orders, 'shop/orders', get));
  assert.is(destinations(alone, '10.96.1.10', 80), undefined);
});

test('of several identities behind a Service, each allows what its own TrafficTargets say', () => {
  assert.ok(admits(server('several-identities', 'orders-blue'), orders, web, get));
  assert.not(admits(server('several-identities', 'orders-green'), orders, web, get));
  assert.equal(destinations(server('several-identities', 'web', 'front'), '10.96.1.10', 80), [{ 'shop/orders|80~orders-blue': 1 }]);
});

test('rules that grant nothing grant nothing', () => {
  for (const name of ['rule-with-empty-matches', 'target-without-sources', 'destination-without-pods']) {
    const sut = server(name, 'orders');
    for (const client of [web, batch, 'shop/orders']) assert.not(admits(sut, orders, client, get), name);
  }
});

test('what cannot be compiled leaves no artifact, and so no access', () => {
  const refused: Readonly<Record<string, string>> = {
    'destination-in-another-namespace': 'SMIC3100',
    'subjects-of-another-kind': 'SMIC3101',
    'unknown-service-accounts': 'SMIC3102',
    'unknown-routes': 'SMIC3104',
    'rule-of-the-wrong-kind': 'SMIC3104',
    'tcp-rule-with-matches': 'SMIC3105',
  };
  for (const [name, code] of Object.entries(refused)) {
    const result = compiled(name);
    assert.is(result.artifact, undefined, name);
    assert.ok(findings(result).includes(code), name);
  }
});

test('every version of the policy kinds gives the same access', () => {
  const cluster = [namespace, service('db', 0, [{ port: 80, protocol: 'http' }, { port: 5432, protocol: 'tcp' }]), workload('db', ['db']), workload('app', [])];
  const at = (name: string) => ({ name, namespace: 'mesh' });
  const subject = (name: string) => ({ kind: 'ServiceAccount', name, namespace: 'mesh' });
  const matches = [{ name: 'read', pathRegex: '/a', methods: ['GET'] }];
  const rules = [{ kind: 'HTTPRouteGroup', name: 'g', matches: ['read'] }, { kind: 'TCPRoute', name: 't' }];
  const targets = [
    { apiVersion: 'access.smi-spec.io/v1alpha1', kind: 'TrafficTarget', metadata: at('tt'), destination: subject('db'), specs: rules, sources: [subject('app')] },
    ...['v1alpha2', 'v1alpha3'].map((version) => ({
      apiVersion: `access.smi-spec.io/${version}`,
      kind: 'TrafficTarget',
      metadata: at('tt'),
      spec: { destination: subject('db'), rules, sources: [subject('app')] },
    })),
  ];
  const groups = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4'].map((version) => ({
    apiVersion: `specs.smi-spec.io/${version}`,
    kind: 'HTTPRouteGroup',
    metadata: at('g'),
    ...(version < 'v1alpha3' ? { matches } : { spec: { matches } }),
  }));
  const routes = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4'].map((version) => ({ apiVersion: `specs.smi-spec.io/${version}`, kind: 'TCPRoute', metadata: at('t') }));
  const digests = new Set(
    targets.flatMap((target) =>
      groups.flatMap((group) =>
        routes.map((route) => {
          const { classes } = artifactOf(compileText([...cluster, target, group, route]));
          return classes.flatMap(({ resources }) => resources.map(({ digest }) => digest)).join();
        }),
      ),
    ),
  );
  assert.is(digests.size, 1);
});

test('a rule that names its group twice, or two rules for one group, add up', () => {
  const cluster = [namespace, service('db', 0, [{ port: 80, protocol: 'http' }]), workload('db', ['db']), workload('app', [])];
  const group = routeGroup('g', [{ name: 'read', methods: ['GET'] }, { name: 'write', methods: ['POST'] }]);
  const target = trafficTarget('tt', 'db', [
    { kind: 'HTTPRouteGroup', name: 'g', matches: ['read'] },
    { kind: 'HTTPRouteGroup', name: 'g', matches: ['write', 'write', 'read'] },
  ], ['app']);
  const sut = sidecar(artifactOf(compileText([...cluster, group, target])), 'mesh', 'db');
  assert.ok(admits(sut, '80.db.mesh', 'mesh/app', get));
  assert.ok(admits(sut, '80.db.mesh', 'mesh/app', post));
});

test('a number that is a Service port of the destination is never taken as a target port', () => {
  const cluster = [
    namespace,
    service('db', 0, [{ port: 5432, targetPort: 9000, protocol: 'tcp' }, { port: 6000, targetPort: 5432, protocol: 'tcp' }]),
    workload('db', ['db']),
    workload('app', []),
    tcpRoute('t', [5432]),
    trafficTarget('tt', 'db', [{ kind: 'TCPRoute', name: 't' }], ['app']),
  ];
  const sut = sidecar(artifactOf(compileText(cluster)), 'mesh', 'db');
  assert.ok(admits(sut, '5432.db.mesh', 'mesh/app', undefined));
  assert.not(admits(sut, '6000.db.mesh', 'mesh/app', undefined));
});

test.run();
