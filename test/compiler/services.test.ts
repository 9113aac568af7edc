import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Artifact, compile, type ProxyClass, type Resource } from '../../compiler/index.ts';
import { type Fields, compiledFixture, proxyOf, resourceOf } from './support.ts';

/** A mesh of a client and a StatefulSet of so many pods, behind a headless Service and beside another Service. */
function statefulMesh(pods: number): Artifact {
  const documents = [
    namespace,
    service('orders', 'clusterIP: None', 'orders', 'http'),
    service('queue', 'clusterIP: None', 'orders', 'tcp', 5672),
    service('books', 'clusterIP: 10.96.0.30', 'books', 'http'),
    pod('web-0', 'web', '10.244.0.10'),
    pod('books-0', 'books', '10.244.0.30'),
    ...Array.from({ length: pods }, (_, index) => pod(`orders-${index}`, 'orders', `10.244.0.${40 + index}`)),
    routes,
    ...['orders', 'books'].map((destination) => target(destination)),
  ];
  const { artifact, diagnostics } = compile([{ name: 'mesh.yaml', text: documents.join('---\n') }]);
  assert.ok(artifact, diagnostics.map(({ message }) => message).join('\n'));
  return artifact as Artifact;
}

test('a pod of a headless Service that comes or goes changes the chains of that Service in its clients, and nothing else', () => {
  const [before, after] = [statefulMesh(2), statefulMesh(3)] as const;
  assert.equal(
    after.classes.map(({ name }) => name),
    before.classes.map(({ name }) => name),
  );
  for (const proxy of before.classes) {
    const changed = differing(proxy, proxyOf(after, proxy.namespace, proxy.name));
    if (proxy.name !== 'web') {
      assert.equal(changed, [], `${proxy.name} is no client`);
      continue;
    }
    assert.equal(changed, ['listener outbound-listener']);
    const chains = (artifact: Artifact) => resourceOf(proxyOf(artifact, 'shop', 'web'), 'listener', 'outbound-listener')['filter_chains'] as Fields[];
    const [old, now] = [chains(before), chains(after)] as const;
    assert.equal(now.map(nameOf), old.map(nameOf), 'no chain comes, goes or moves');
    const touched = now.filter((chain, index) => JSON.stringify(chain) !== JSON.stringify(old[index])).map(nameOf);
    assert.equal(touched, ['outbound_shop/orders_80_http', 'outbound_shop/orders_80~8080_http', 'outbound_shop/queue_5672_tcp']);
  }
});

test('a pod of any other Service that comes or goes changes its endpoints only', () => {
  const mesh = (books: number): Artifact => {
    const own = Array.from({ length: books }, (_, index) => pod(`books-${index}`, 'books', `10.244.0.${30 + index}`));
    const text = [namespace, service('books', 'clusterIP: 10.96.0.30', 'books', 'http'), pod('web-0', 'web', '10.244.0.10'), ...own, routes, target('books')];
    return compile([{ name: 'mesh.yaml', text: text.join('---\n') }]).artifact as Artifact;
  };
  const [before, after] = [mesh(1), mesh(2)] as const;
  for (const proxy of before.classes) {
    const expected = proxy.name === 'web' ? ['endpoint shop/books|80'] : [];
    assert.equal(differing(proxy, proxyOf(after, 'shop', proxy.name)), expected);
  }
});

test('no proxy goes without its configuration, whatever the Services are like', () => {
  for (const [name, artifact] of servicesFixtures()) {
    for (const proxy of artifact.classes) {
      const types = new Set(allResources(artifact, proxy).map(({ type, name: resource }) => `${type} ${resource}`));
      for (const needed of ['listener outbound-listener', 'secret workload-certificate', 'secret trust-bundle']) {
        assert.ok(types.has(needed), `${name}: ${proxy.namespace}/${proxy.name} lacks ${needed}`);
      }
    }
  }
});

test('a client that may call one of two service accounts gets the addresses and verifies the identity of that one', () => {
  for (const fixture of ['services/several-accounts', 'services/headless-several-accounts']) {
    const text = JSON.stringify(proxyOf(compiledFixture(fixture), 'shop', 'web').resources.map(({ message }) => message));
    assert.match(text, '/sa/orders"');
    assert.match(text, '10.244.0.20');
    assert.not.match(text, 'orders-canary', fixture);
    assert.not.match(text, '10.244.0.21', fixture);
  }
});

test('a slice can\'t give a Service the identity of a pod in another namespace', () => {
  const artifact = compiledFixture('services/address-of-two-pods');
  for (const proxy of artifact.classes) {
    assert.not.match(JSON.stringify(proxy.resources.map(({ message }) => message)), 'trap');
  }
});

test('pods without a sidecar, and addresses outside of the mesh, are sent nothing', () => {
  const addresses = ['services/injection-disabled', 'services/host-network', 'services/no-selector-outside', 'services/namespaces'].flatMap((name) =>
    allEndpoints(compiledFixture(name)),
  );
  for (const without of ['10.244.0.21', '192.168.1.5', '192.0.2.10', '10.244.1.20', '10.244.2.20', '10.244.3.20', '10.244.9.20']) {
    if (without === '10.244.0.21') assert.not.ok(allEndpoints(compiledFixture('services/injection-disabled')).includes(without));
    else assert.not.ok(addresses.includes(without), without);
  }
});

test('rules for HTTP open no port whose protocol isn\'t known', () => {
  const { artifact } = compile([
    { name: 'mesh.yaml', text: [namespace, service('orders', 'clusterIP: 10.96.0.20', 'orders', 'htpp'), pod('web-0', 'web', '10.244.0.10'), pod('orders-0', 'orders', '10.244.0.20'), routes, target('orders', 'HTTPRouteGroup')].join('---\n') },
  ]);
  const proxy = proxyOf(artifact as Artifact, 'shop', 'orders');
  assert.equal(proxy.resources.filter(({ name }) => name === 'inbound-listener'), [], 'nothing listens for it');
});

test('the endpoints are a hole: no address of a pod stands in any assignment', () => {
  const artifact = compiledFixture('services/endpoints-hole');
  assert.ok(artifact.holes.includes('endpoints'));
  assert.equal(allEndpoints(artifact), []);
});

test.run();

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

function service(name: string, address: string, app: string, appProtocol: string, port = 80): string {
  const targetPort = port === 80 ? 8080 : port;
  return `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { ${address}, selector: { app: ${app} }, ports: [{ port: ${port}, targetPort: ${targetPort}, appProtocol: ${appProtocol} }] }
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

function target(destination: string, ...kinds: readonly string[]): string {
  const rules = (kinds.length > 0 ? kinds : ['HTTPRouteGroup', 'TCPRoute']).map((kind) => `{ kind: ${kind}, name: all }`);
  return `apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: web-calls-${destination}, namespace: shop }
spec:
  destination: { kind: ServiceAccount, name: ${destination} }
  rules: [${rules.join(', ')}]
  sources: [{ kind: ServiceAccount, name: web }]
`;
}

function nameOf(chain: Fields): unknown {
  return chain['name'];
}

/** The resources that one of the two lacks, or that differ, as `<type> <name>`. */
function differing(before: ProxyClass, after: ProxyClass): readonly string[] {
  const digests = (proxy: ProxyClass) => new Map(proxy.resources.map(({ type, name, digest }) => [`${type} ${name}`, digest]));
  const [old, now] = [digests(before), digests(after)] as const;
  return [...new Set([...old.keys(), ...now.keys()])].filter((key) => old.get(key) !== now.get(key)).sort();
}

function allResources(artifact: Artifact, proxy: ProxyClass): readonly Resource[] {
  return [...proxy.resources, ...artifact.sets.filter(({ name }) => proxy.sets.includes(name)).flatMap(({ resources }) => resources)];
}
