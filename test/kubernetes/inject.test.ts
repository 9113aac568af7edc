// A real API server takes what the injector makes, every field of it, and what it makes of that is known again.
import { applyPatch, type Operation } from 'rfc6902';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { podPath, valueAt } from '../../cli/inject/pod-paths.ts';
import type { KubeObject, NewObject } from '../../server/kubernetes/client/kube-object.ts';
import { inject } from '../../webhook/inject/inject.ts';
import { defaultSettings, type MeshSettings } from '../../webhook/inject/mesh-settings.ts';
import { injectCases } from '../goldens/golden-case.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Cluster, startCluster } from './start-cluster.ts';

const injection = suite('injection');
const test = missingForCluster() === undefined ? injection : injection.skip;
const shop = { name: 'shop', described: { labels: { 'openservicemesh.io/monitored-by': 'osm' }, annotations: {} } };
const modes: Readonly<Record<string, MeshSettings>> = {
  native: { ...defaultSettings, trustBundle: 'PEM' },
  classic: { ...defaultSettings, nativeSidecars: 'off' },
  'privileged, PodIP, IPv6': {
    ...defaultSettings,
    ipv6: true,
    config: { logLevel: 'debug', initImage: 'init', privilegedInit: true, resources: { limits: { cpu: '1' } }, onPodAddress: true, excludedInboundPorts: [1], excludedOutboundPorts: [2], excludedOutboundRanges: ['10.0.0.0/8'], includedOutboundRanges: ['fd00::/8'], excludedInterfaces: ['net1'] },
  },
};

let cluster: Cluster;
let made = 0;

injection.before(
  reporting(async () => {
    if (test !== injection) return;
    cluster = await startCluster();
    await cluster.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    for (const name of ['default', 'web']) await cluster.client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'shop' } });
  }),
);

injection.after(() => cluster?.stop());

/** The pods and workloads of the cases, as their users wrote them. */
function workloads(): readonly NewObject[] {
  return injectCases('')
    .filter(({ name }) => !name.endsWith('/refused'))
    .flatMap(({ files }) => files.flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as NewObject & { readonly items?: readonly NewObject[] })))
    .flatMap((object) => object.items ?? [object])
    .filter(({ apiVersion, kind }) => podPath(apiVersion, kind) !== undefined)
    .filter(({ metadata }) => (metadata.namespace ?? 'shop') === 'shop');
}

/** A name of its own for each. */
function renamed(object: NewObject): NewObject {
  made += 1;
  return { ...object, metadata: { ...object.metadata, namespace: 'shop', name: `${object.metadata.name}-${made}` } };
}

function patched(object: NewObject, patch: readonly Operation[]): NewObject {
  const place = (podPath(object.apiVersion, object.kind) ?? []).map((step) => `/${step}`).join('');
  const copy = structuredClone(object);
  const errors = applyPatch(copy, patch.map((operation) => structuredClone({ ...operation, path: place + operation.path })));
  assert.equal(errors.filter((error) => error !== null), []);
  return copy;
}

function podOf({ apiVersion, kind, ...object }: NewObject | KubeObject): unknown {
  return valueAt(object, podPath(apiVersion, kind) ?? []);
}

for (const [mode, settings] of Object.entries(modes)) {
  test(`${mode}: strictly validated, taken as it is, and known again when it comes back`, async () => {
    for (const object of workloads().map(renamed)) {
      const result = inject(podOf(object), shop, settings);
      if (!('patch' in result)) continue;
      const { created, object: stored } = await cluster.client.apply(patched(object, result.patch));
      assert.ok(created);
      assert.equal(inject(podOf(stored), shop, settings), { reason: 'the pod has its sidecar already' }, `${object.kind} ${object.metadata.name}`);
    }
  });
}

test('the patch applies where the API server applies it', async () => {
  for (const object of workloads().filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet').map(renamed)) {
    const stored = await cluster.client.create(object);
    const result = inject(podOf(stored), shop, defaultSettings);
    assert.ok('patch' in result);
    const patch = result.patch.map((operation) => ({ ...operation, path: `/spec/template${operation.path}` }));
    const after = await cluster.client.patch({ ...object, namespace: 'shop', name: stored.metadata.name }, patch);
    assert.equal(inject(podOf(after), shop, defaultSettings), { reason: 'the pod has its sidecar already' });
  }
});

test('a field that Kubernetes has not would be found', async () => {
  const [object] = workloads().filter(({ kind }) => kind === 'Pod').map(renamed);
  assert.ok(object);
  let refused = '';
  await cluster.client.apply({ ...object, spec: { ...(object['spec'] as object), sidecars: [] } }).catch((error: unknown) => {
    refused = String(error);
  });
  assert.match(refused, 'sidecars');
});

injection.run();
