// What verify connectivity concludes from a cluster's objects and the servers' status.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StatusDocument } from '../../server/admin/status-document.ts';
import type { ProxyStatus, TypeStatus } from '../../server/ads/proxy-status.ts';
import { assumedInstallation } from '../../cli/operate/installation.ts';
import { podView } from '../../cli/operate/pod.ts';
import { compileMesh } from '../../cli/verify/compile-mesh.ts';
import { isDenied, type Place, placesOfPod, placesOfService } from '../../cli/verify/destination.ts';
import { policyVerdict, type Request } from '../../cli/verify/policy-verdict.ts';
import { syncResults } from '../../cli/verify/sidecar-results.ts';
import type { Mesh } from '../../compiler/mesh/mesh.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';

const installation = assumedInstallation('smic-system');

function object(apiVersion: string, kind: string, name: string, fields: object = {}, metadata: object = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, ...(kind !== 'Namespace' && { namespace: 'shop' }), ...metadata }, ...fields };
}

function pod(account: string): KubeObject {
  return object('v1', 'Pod', account, { spec: { serviceAccountName: account, containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] }, status: { podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] } }, { labels: { app: account } });
}

function service(name: string, more: object = {}): KubeObject {
  return object('v1', 'Service', name, { spec: { clusterIP: '10.96.0.1', selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080 }, { name: 'tcp-db', port: 3306, targetPort: 8080 }], ...more } });
}

const accounts = ['client', 'v1', 'v2'];
const cluster: readonly KubeObject[] = [
  object('v1', 'Namespace', 'shop', {}, { labels: { 'openservicemesh.io/monitored-by': 'osm' } }),
  ...accounts.flatMap((name) => [object('v1', 'ServiceAccount', name), pod(name), service(name)]),
  service('web', { selector: undefined, clusterIP: '10.96.0.2' }),
  object('specs.smi-spec.io/v1alpha4', 'HTTPRouteGroup', 'routes', { spec: { matches: [{ name: 'read', methods: ['GET'], pathRegex: '/a.*' }] } }),
  object('specs.smi-spec.io/v1alpha4', 'TCPRoute', 'db', { spec: { matches: { ports: [3306] } } }),
  object('access.smi-spec.io/v1alpha3', 'TrafficTarget', 'v1', {
    spec: {
      destination: { kind: 'ServiceAccount', name: 'v1', namespace: 'shop' },
      rules: [{ kind: 'HTTPRouteGroup', name: 'routes', matches: ['read'] }],
      sources: [{ kind: 'ServiceAccount', name: 'client', namespace: 'shop' }],
    },
  }),
  object('access.smi-spec.io/v1alpha3', 'TrafficTarget', 'db', {
    spec: { destination: { kind: 'ServiceAccount', name: 'v2', namespace: 'shop' }, rules: [{ kind: 'TCPRoute', name: 'db' }], sources: [{ kind: 'ServiceAccount', name: 'client', namespace: 'shop' }] },
  }),
];
const split = (backends: readonly object[]): KubeObject => object('split.smi-spec.io/v1alpha4', 'TrafficSplit', 'web', { spec: { service: 'web', backends } });
const weights = split([{ service: 'v1', weight: 3 }, { service: 'v2', weight: 1 }]);
const meshConfig = (spec: object): KubeObject => object('config.openservicemesh.io/v1alpha2', 'MeshConfig', 'osm-mesh-config', { spec }, { namespace: 'smic-system' });

function meshOf(...more: readonly KubeObject[]): Mesh {
  return compileMesh([...cluster, ...more], installation).mesh;
}

function verdicts(mesh: Mesh, places: readonly Place[], request: Request = {}, client = 'shop/client'): readonly string[] {
  return places.map((place) => {
    const verdict = policyVerdict(mesh, client, place.port, place.identity, request);
    return `${place.port.key} ${place.identity} ${verdict.allowed}${place.weight === undefined ? '' : ` (${place.weight})`}`;
  });
}

test('HTTP rules open HTTP ports, TCPRoutes TCP ports', () => {
  const mesh = meshOf();
  const get = { method: 'GET', path: '/a', headers: {} };
  assert.equal(verdicts(mesh, placesOfPod(mesh, 'shop', 'v1', undefined), get), ['shop/v1|80 shop/v1 yes', 'shop/v1|3306 shop/v1 no']);
  assert.equal(verdicts(mesh, placesOfPod(mesh, 'shop', 'v2', undefined), get), ['shop/v2|80 shop/v2 no', 'shop/v2|3306 shop/v2 yes']);
  assert.equal(verdicts(mesh, placesOfPod(mesh, 'shop', 'v1', 80), { path: '/b' }), ['shop/v1|80 shop/v1 no']);
  // In full, as Envoy does it.
  assert.equal(verdicts(mesh, placesOfPod(mesh, 'shop', 'v1', 80), { path: '/x/a', method: 'GET' }), ['shop/v1|80 shop/v1 no']);
  assert.equal(verdicts(mesh, placesOfPod(mesh, 'shop', 'v1', 80)), ['shop/v1|80 shop/v1 depends']);
  assert.equal(verdicts(mesh, placesOfPod(mesh, 'shop', 'v1', 80), get, 'shop/v2'), ['shop/v1|80 shop/v1 no']);
});

test('a Service that is split is every backend of it', () => {
  const mesh = meshOf(weights);
  assert.equal(verdicts(mesh, placesOfService(mesh, 'shop/web', 80), { method: 'GET', path: '/a' }), ['shop/v1|80 shop/v1 yes (3)', 'shop/v2|80 shop/v2 no (1)']);
});

test('what a broken TrafficSplit denies is told', () => {
  const mesh = meshOf(split([{ service: 'v1', weight: 1 }, { service: 'nowhere', weight: 1 }]));
  assert.ok(placesOfService(mesh, 'shop/web', 80).some((place) => isDenied(mesh, place)));
  assert.not.ok(placesOfService(mesh, 'shop/v1', 80).some((place) => isDenied(mesh, place)));
});

test('permissive mode allows everything; a MeshConfig that is broken leaves it open', () => {
  const mesh = meshOf(meshConfig({ traffic: { enablePermissiveTrafficPolicyMode: true } }));
  assert.equal(verdicts(mesh, placesOfPod(mesh, 'shop', 'v2', 80), {}, 'shop/v1'), ['shop/v2|80 shop/v2 yes']);
  assert.is(meshOf(meshConfig({ traffic: { enablePermissiveTrafficPolicyMode: 'maybe' } })).settings.known, false);
});

const synced: TypeStatus = { state: 'SYNCED', resources: 1, since: 1 };

function status(change: Partial<ProxyStatus> = {}): StatusDocument {
  const types = { cluster: synced, endpoint: synced, secret: synced, listener: synced, route: synced };
  const proxy: ProxyStatus = { node: 'shop/client', identity: '', proxyClass: 'shop/client', mode: 'delta', peer: '', connectedAt: 0, certificateUntil: 2000, types, ...change };
  return { now: 1000, proxies: [proxy] } as unknown as StatusDocument;
}

test('what the servers know of a sidecar', () => {
  const view = podView(pod('client'));
  const seen = (documents: readonly StatusDocument[], complete = true): readonly string[] => syncResults(view, documents, complete).map(({ verdict }) => verdict);
  assert.equal(seen([status()]), ['ok', 'ok']);
  assert.equal(seen([status({ certificateUntil: 500 })]), ['failed', 'ok']);
  const refused: TypeStatus = { ...synced, state: 'NACKED', reason: 'no such cluster' };
  assert.equal(seen([status({ types: { cluster: synced, endpoint: synced, secret: synced, listener: synced, route: refused } })]), ['ok', 'failed']);
  assert.equal(seen([status({ node: 'shop/other' })]), ['failed']);
  assert.equal(seen([status({ node: 'shop/other' })], false), ['skipped']);
});

test.run();
