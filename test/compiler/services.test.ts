import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Artifact, ProxyClass } from '../../compiler/index.ts';
import { compileCase, goldenCases } from '../goldens/golden-case.ts';
import { chainsOf, compiledFixture, compiledText, type Fields, proxyOf, resourcesOf } from './artifact-facts.ts';

const namespace = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { openservicemesh.io/monitored-by: osm } }
`;

const routes = `apiVersion: specs.smi-spec.io/v1alpha4
kind: HTTPRouteGroup
metadata: { name: all, namespace: shop }
spec: { matches: [{ name: all, methods: ["*"] }] }
---
apiVersion: specs.smi-spec.io/v1alpha4
kind: TCPRoute
metadata: { name: all, namespace: shop }
spec: {}
`;

/** The client "web", so many pods of the StatefulSet "orders" behind two headless Services, and so many of "books". */
function mesh(pods: { readonly orders: number; readonly books: number }): Artifact {
  return compiledText([
    namespace,
    service('orders', 'clusterIP: None', 'orders', 'http'),
    service('queue', 'clusterIP: None', 'orders', 'tcp', 5672),
    service('books', 'clusterIP: 10.96.0.30', 'books', 'http'),
    pod('web-0', 'web', '10.244.0.10'),
    ...Array.from({ length: pods.books }, (_, index) => pod(`books-${index}`, 'books', `10.244.1.${index + 1}`)),
    ...Array.from({ length: pods.orders }, (_, index) => pod(`orders-${index}`, 'orders', `10.244.2.${index + 1}`)),
    routes,
    target('orders', ['HTTPRouteGroup', 'TCPRoute']),
    target('books', ['HTTPRouteGroup']),
  ]);
}

test('a pod of a headless Service that comes or goes changes the chains of its Services in their clients, and nothing else', () => {
  const [two, three] = [mesh({ orders: 2, books: 1 }), mesh({ orders: 3, books: 1 })] as const;
  for (const [before, after] of [[two, three], [three, two]] as const) {
    assert.equal(after.classes.map(({ name }) => name), ['books', 'orders', 'web']);
    assert.equal(differing(before, after, 'books'), []);
    assert.equal(differing(before, after, 'orders'), []);
    assert.equal(differing(before, after, 'web'), ['listener outbound-listener']);
    const [old, now] = [before, after].map((artifact) => chainsOf(proxyOf(artifact, 'shop', 'web').resources, 'outbound-listener'));
    assert.equal(now?.map(nameOf), old?.map(nameOf), 'no chain comes, goes or moves');
    assert.equal(
      now?.filter((chain, index) => JSON.stringify(chain) !== JSON.stringify(old?.[index])).map(nameOf),
      ['outbound_shop/orders_80_http', 'outbound_shop/orders_80~8080_http', 'outbound_shop/queue_5672_tcp'],
    );
  }
});

test('a pod of another Service that comes or goes changes its endpoints in its clients, and nothing else', () => {
  const [before, after] = [mesh({ orders: 1, books: 1 }), mesh({ orders: 1, books: 2 })];
  assert.equal(differing(before, after, 'books'), []);
  assert.equal(differing(before, after, 'orders'), []);
  assert.equal(differing(before, after, 'web'), ['endpoint shop/books|80']);
});

test('no proxy goes without its configuration, whatever the Services are like', () => {
  let proxies = 0;
  for (const golden of goldenCases('services/')) {
    const { artifact } = compileCase(golden);
    for (const proxy of artifact?.classes ?? []) {
      const names = new Set(resourcesOf(artifact as Artifact, proxy).map(({ type, name }) => `${type} ${name}`));
      for (const needed of ['listener outbound-listener', 'secret workload-certificate', 'secret trust-bundle']) {
        assert.ok(names.has(needed), `${golden.name}: ${proxy.namespace}/${proxy.name} lacks the ${needed}`);
      }
      proxies += 1;
    }
  }
  assert.ok(proxies > 70, `only ${proxies} proxies`);
});

test('a client that may call one of two service accounts gets only its addresses, and trusts only it', () => {
  for (const fixture of ['services/several-accounts', 'services/headless-several-accounts']) {
    const client = text(proxyOf(compiledFixture(fixture), 'shop', 'web'));
    assert.match(client, '/sa/orders"');
    assert.match(client, '"10.244.0.20"');
    assert.not.match(client, 'orders-canary');
    assert.not.match(client, '"10.244.0.21"');
  }
});

test('a slice cannot borrow the identity of a pod in another namespace', () => {
  const artifact = compiledFixture('services/address-of-two-pods');
  for (const proxy of artifact.classes) assert.not.match(text(proxy), 'trap');
});

test('a headless Service draws no connection to itself that is meant for another namespace, or for outside', () => {
  const artifact = compiledFixture('services/headless-foreign-addresses');
  const chains = artifact.sets.flatMap(({ resources }) => chainsOf(resources, 'outbound-listener'));
  const dialled = (name: string): unknown => (chains.find((chain) => chain['name'] === name)?.['filter_chain_match'] as Fields | undefined)?.['prefix_ranges'];
  assert.equal(dialled('outbound_shop/orders_8080_http'), [{ address_prefix: '10.244.0.20', prefix_len: 32 }]);
  assert.equal(dialled('outbound_rogue/lure_8080_http'), [{ address_prefix: '10.244.9.9', prefix_len: 32 }]);
  assert.not.match(JSON.stringify(chains), '192.0.2.10');
});

test('nothing is sent to pods without a sidecar, outside of the mesh, not ready or terminating', () => {
  const left: Readonly<Record<string, readonly string[]>> = {
    'services/injection-disabled': ['10.244.0.21', '10.244.1.20'],
    'services/host-network': ['192.168.1.5'],
    'services/no-selector-outside': ['192.0.2.10'],
    'services/endpoints-ready-only': ['10.244.0.21', '10.244.0.22'],
    'services/endpoints-legacy': ['10.244.0.21'],
    'services/endpoints-legacy-and-slices': ['10.244.0.20'],
    'services/endpoints-from-pods': ['10.244.0.21', '10.244.0.22', '10.244.0.23'],
    'services/endpoints-hole': ['10.244.0.20'],
  };
  for (const [fixture, addresses] of Object.entries(left)) {
    const artifact = compiledFixture(fixture);
    const all = JSON.stringify(artifact.classes.flatMap((proxy) => resourcesOf(artifact, proxy).map(({ message }) => message)));
    for (const address of addresses) assert.not.match(all, `"${address}"`, fixture);
  }
});

test('only namespaces that joined the mesh, or that the input does not describe, have proxies', () => {
  assert.equal(compiledFixture('services/namespaces').classes.map(({ namespace: own }) => own), ['shop', 'undescribed']);
});

test('rules for HTTP open no port of an unknown protocol', () => {
  const artifact = compiledText([
    namespace,
    service('orders', 'clusterIP: 10.96.0.20', 'orders', 'htpp'),
    pod('web-0', 'web', '10.244.0.10'),
    pod('orders-0', 'orders', '10.244.0.20'),
    routes,
    target('orders', ['HTTPRouteGroup']),
  ]);
  assert.equal(chainsOf(proxyOf(artifact, 'shop', 'orders').resources, 'inbound-listener'), []);
  assert.not.match(text(proxyOf(artifact, 'shop', 'web')), '10.96.0.20');
});

test('the raw side of a port that HTTP shares is opened by TCP rules alone', () => {
  const artifact = compiledText([
    namespace,
    service('orders', 'clusterIP: 10.96.0.20', 'orders', 'http'),
    service('raw', 'clusterIP: 10.96.0.21', 'orders', 'tcp'),
    pod('web-0', 'web', '10.244.0.10'),
    pod('orders-0', 'orders', '10.244.0.20'),
    routes,
    target('orders', ['HTTPRouteGroup']),
  ]);
  const chains = chainsOf(proxyOf(artifact, 'shop', 'orders').resources, 'inbound-listener');
  assert.equal(chains.map(nameOf), ['inbound_shop/orders_80_http']);
});

test.run();

function service(name: string, address: string, app: string, appProtocol: string, port = 80): string {
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec:
  ${address}
  selector: { app: ${app} }
  ports: [{ port: ${port}, targetPort: ${port === 80 ? 8080 : port}, appProtocol: ${appProtocol} }]
`;
}

function pod(name: string, app: string, address: string): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop, labels: { app: ${app} } }
spec: { serviceAccountName: ${app}, containers: [] }
status: { podIP: ${address}, conditions: [{ type: Ready, status: "True" }] }
`;
}

function target(destination: string, kinds: readonly string[]): string {
  return `apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: web-calls-${destination}, namespace: shop }
spec:
  destination: { kind: ServiceAccount, name: ${destination} }
  rules: [${kinds.map((kind) => `{ kind: ${kind}, name: all }`).join(', ')}]
  sources: [{ kind: ServiceAccount, name: web }]
`;
}

function nameOf(chain: Fields): unknown {
  return chain['name'];
}

function text(proxy: ProxyClass): string {
  return JSON.stringify(proxy.resources.map(({ message }) => message));
}

/** The resources of a proxy of "shop" that only one of the two has, or that differ, as `<type> <name>`. */
function differing(before: Artifact, after: Artifact, proxy: string): readonly string[] {
  const [old, now] = [before, after].map(
    (artifact) => new Map(proxyOf(artifact, 'shop', proxy).resources.map(({ type, name, digest }) => [`${type} ${name}`, digest])),
  );
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].filter((key) => old?.get(key) !== now?.get(key)).sort();
}
