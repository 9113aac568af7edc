import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Artifact, ResourceType } from '../../compiler/artifact/artifact.ts';
import { compile, encodeBundle } from '../../compiler/index.ts';
import { loadClusterAccess } from '../../server/kubernetes/client/kube-config.ts';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { runSmic } from '../cli/run-smic.ts';
import { envoyMessage } from '../envoy/envoy-messages.ts';
import type { AdsClient } from '../server/support/ads-client.ts';
import { makeTestCa, type TestCa } from '../server/support/test-ca.ts';
import { temporaryFolder } from '../server/support/temporary-folder.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Cluster, startCluster } from './start-cluster.ts';
import { applyObjects, bookstoreObjects, installCrds } from './support/apply-objects.ts';
import { type LiveServer, startLiveServer } from './support/live-server.ts';

interface Context {
  cluster: Cluster;
  client: KubeClient;
  ca: TestCa;
}

const test = suite<Context>('live');
const run = missingForCluster() === undefined ? test : test.skip;
const open: LiveServer[] = [];
const files = ['cluster.yaml', 'mesh-config.yaml', 'policy.yaml', 'split.yaml'];
const split = { apiVersion: 'split.smi-spec.io/v1alpha4', kind: 'TrafficSplit', namespace: 'bookstore', name: 'bookstore-split' };
const target = { apiVersion: 'access.smi-spec.io/v1alpha3', kind: 'TrafficTarget', namespace: 'bookstore', name: 'bookbuyer-access-bookstore-v1' };
const bookbuyer = ['ns/bookbuyer/sa/bookbuyer', 'bookbuyer/bookbuyer-5d4f7b9c68-k2xqz'] as const;

test.before(async (context) => {
  if (missingForCluster() !== undefined) return;
  context.ca = await makeTestCa();
  context.cluster = await startCluster({ serviceRange: '10.96.0.0/16' });
  context.client = await clientOf(context.cluster.kubeconfig);
  await installCrds(context.client);
  await applyObjects(context.client, bookstoreObjects(...files));
});

test.after.each(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

test.after(async ({ cluster, client, ca }) => {
  client?.close();
  ca?.remove();
  await cluster?.stop();
});

async function clientOf(kubeconfig: string): Promise<KubeClient> {
  return createKubeClient(await loadClusterAccess({ kubeconfig }), { userAgent: 'smic-test' });
}

async function live({ cluster, ca }: Context, kubeconfig: string = cluster.kubeconfig): Promise<LiveServer> {
  const server = startLiveServer(ca, { live: { client: await clientOf(kubeconfig), compile: {} } });
  open.push(server);
  return server;
}

/** Has a sidecar ask for what an artifact has for its class, and waits until it holds just that: names and bytes. */
async function holds(sidecar: AdsClient, artifact: Artifact, proxy: string, type: ResourceType): Promise<void> {
  const { resources } = artifact.classes.find(({ namespace, name }) => `${namespace}/${name}` === proxy) ?? assert.unreachable(`no class ${proxy}`) as never;
  const wanted = resources.filter((resource) => resource.type === type).map(({ name, bytes }) => [name, Buffer.from(bytes).toString('hex')]);
  if (type === 'route' || type === 'endpoint') {
    sidecar.ask(type, wanted.map(([name = '']) => name));
  }
  const held = (): unknown => [...(sidecar.received.get(type) ?? [])].map(([name, bytes]) => [name, Buffer.from(bytes).toString('hex')]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  for (let turn = 0; turn < 1000 && JSON.stringify(held()) !== JSON.stringify(wanted); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // Says what differs.
  assert.equal(held(), wanted);
}

function weights(v1: number, v2: number): { readonly spec: object } {
  return { spec: { service: 'bookstore', backends: [{ service: 'bookstore-v1', weight: v1 }, { service: 'bookstore-v2', weight: v2 }] } };
}

/** The bookstore with another split. */
function withWeights(v1: number, v2: number): Artifact {
  return compiled(bookstoreObjects(...files).map((object) => (object.kind === 'TrafficSplit' ? { ...object, ...weights(v1, v2) } : object)));
}

function compiled(objects: readonly KubeObject[], endpoints: 'snapshot' | 'hole' = 'snapshot'): Artifact {
  const { artifact, diagnostics } = compile([{ name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }], { endpoints });
  assert.equal(diagnostics.filter(({ level }) => level === 'error'), []);
  return artifact ?? (assert.unreachable() as never);
}

run('a sidecar gets what the files compile to, and a changed weight changes its route and nothing else', async (context) => {
  const server = await live(context);
  await server.serving;
  const sidecar = await server.sidecar(...bookbuyer);
  const artifact = compiled(bookstoreObjects(...files));
  await holds(sidecar, artifact, 'bookbuyer/bookbuyer', 'cluster');
  await holds(sidecar, artifact, 'bookbuyer/bookbuyer', 'listener');
  await holds(sidecar, artifact, 'bookbuyer/bookbuyer', 'route');
  const before = sidecar.responses();
  await context.client.patch(split, weights(30, 70));
  await waitFor(() => sidecar.responses() > before);
  assert.is(sidecar.responses(), before + 1);
  await holds(sidecar, withWeights(30, 70), 'bookbuyer/bookbuyer', 'route');
  await context.client.patch(split, weights(100, 0));
  await holds(sidecar, artifact, 'bookbuyer/bookbuyer', 'route');
});

run('while the API server is away the last configuration is served; back again, it goes on from there', async (context) => {
  const { client, cluster } = context;
  const server = await live(context);
  await server.serving;
  const first = await server.sidecar(...bookbuyer);
  await cluster.killServer();
  await waitFor(async () => (await server.page('/status'))[1].includes('"away"'));
  const second = await server.sidecar(...bookbuyer);
  assert.is((await server.page('/readyz'))[0], 200);
  await cluster.startServer();
  await client.patch(split, weights(1, 1));
  const even = withWeights(1, 1);
  for (const sidecar of [first, second]) {
    await holds(sidecar, even, 'bookbuyer/bookbuyer', 'route');
  }
  await client.patch(split, weights(100, 0));
});

run('a broken object is denied in its place and reported: Event, metric, status; all else goes on', async (context) => {
  const { client } = context;
  const server = await live(context);
  const { adminAddress } = await server.serving;
  const before = await client.get(target);
  await client.patch(target, [{ op: 'replace', path: '/spec/rules/0/name', value: 'no-such-routes' }]);
  const events = async (): Promise<readonly KubeObject[]> => (await client.list({ apiVersion: 'events.k8s.io/v1', kind: 'Event' }, { namespace: 'bookstore' })).items;
  const [event] = await waitFor(async () => {
    const found = await events();
    return found.length > 0 ? found : undefined;
  });
  const { type, reason, note, regarding, reportingController } = event as KubeObject & { readonly note: string; readonly regarding: { readonly uid: string } };
  assert.equal([type, reason, reportingController], ['Warning', 'Rejected', 'smic.dev/smic']);
  assert.equal(regarding, { apiVersion: target.apiVersion, kind: 'TrafficTarget', namespace: 'bookstore', name: 'bookbuyer-access-bookstore-v1', uid: before.metadata.uid });
  assert.match(note, /^SMIC\d{4}: .*no-such-routes/);
  assert.match((await server.page('/metrics'))[1], /^smic_cluster_broken_objects\{kind="TrafficTarget"\} 1$/m);
  const shown = await runSmic(['status', '--server', `http://127.0.0.1:${adminAddress.port}`]);
  assert.is(shown.code, 1);
  assert.match(shown.stdout, /TrafficTarget bookstore\/bookbuyer-access-bookstore-v1 is broken, and denied in its place:\n {2}SMIC\d{4}: .*no-such-routes/);
  // Other policy is followed as before.
  const sidecar = await server.sidecar('ns/bookstore/sa/bookstore-v1', 'bookstore/bookstore-v1-7d9c5b6f84-h7wqn');
  assert.ok(sidecar.received.get('cluster')?.size);
  await client.patch(target, [{ op: 'replace', path: '/spec/rules/0/name', value: ((before['spec'] as { readonly rules: readonly { readonly name: string }[] }).rules[0])?.name }]);
  await waitFor(async () => !(await server.page('/metrics'))[1].includes('smic_cluster_broken_objects{'));
  assert.is((await events()).length, 1);
});

run('a MeshConfig that is broken changes nothing of what is served, and is said', async (context) => {
  const { client } = context;
  const config = { apiVersion: 'config.openservicemesh.io/v1alpha2', kind: 'MeshConfig', namespace: 'osm-system', name: 'osm-mesh-config' };
  const server = await live(context);
  const running = await server.serving;
  const page = '/resources?proxy=bookbuyer/bookbuyer';
  const before = await server.page(page);
  await client.patch(config, { spec: { traffic: { enablePermissiveTrafficPolicyMode: 'yes please' } } });
  await waitFor(() => running.status().cluster?.findings.some(({ object }) => object.kind === 'MeshConfig'));
  assert.equal(await server.page(page), before);
  await client.patch(config, { spec: { traffic: { enablePermissiveTrafficPolicyMode: false } } });
  await waitFor(() => running.status().cluster?.findings.every(({ object }) => object.kind !== 'MeshConfig'));
});

run('not ready before all that must be known is known; without policy kinds it is served, and that is said', async (context) => {
  const { client, cluster } = context;
  const account = { kind: 'ServiceAccount', namespace: 'bookstore', name: 'bookstore-v2' };
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'smic' } };
  const rules = ['', 'discovery.k8s.io', 'config.openservicemesh.io', 'specs.smi-spec.io', 'access.smi-spec.io'].map((group) => ({ apiGroups: [group], resources: ['*'], verbs: ['list', 'watch'] }));
  await client.create({ ...role, rules: rules.filter(({ apiGroups }) => apiGroups[0] !== 'discovery.k8s.io') });
  await client.create({ ...role, kind: 'ClusterRoleBinding', roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'smic' }, subjects: [account] });
  const server = await live(context, await cluster.serviceAccountKubeconfig('bookstore', 'bookstore-v2'));
  await waitFor(async () => (await server.page('/status'))[1].includes('endpointslices.discovery.k8s.io is forbidden'));
  assert.equal(await server.page('/readyz'), [503, 'starting\n']);
  assert.equal(await server.page('/healthz'), [200, 'ok\n']);
  assert.match((await server.page('/metrics'))[1], /^smic_cluster_synced 0$/m);
  await client.patch({ ...role, name: 'smic' }, { rules });
  const running = await server.serving;
  assert.equal(await server.page('/readyz'), [200, 'ready\n']);
  assert.equal(running.status().cluster?.kinds.filter(({ state }) => state === 'denied').map(({ kind }) => kind).sort(), ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'ReplicaSet', 'StatefulSet', 'TrafficSplit']);
  assert.ok(server.lines.some(({ msg, kind }) => kind === 'TrafficSplit' && msg === 'no permission to read a kind; served without it'));
  // An Event can't be written; that ends nothing.
  const sidecar = await server.sidecar(...bookbuyer);
  assert.ok(sidecar.received.get('cluster')?.size);
});

run('an artifact with open endpoints has them filled from the cluster, and follows them', async (context) => {
  const { client, cluster, ca } = context;
  const artifact = compiled(bookstoreObjects(...files), 'hole');
  const filled = compiled(bookstoreObjects(...files));
  const path = writeBundle(artifact);
  const server = startLiveServer(ca, { artifact: path, endpoints: { client: await clientOf(cluster.kubeconfig), compile: {} } });
  open.push(server);
  const running = await server.serving;
  const sidecar = await server.sidecar(...bookbuyer);
  await holds(sidecar, filled, 'bookbuyer/bookbuyer', 'endpoint');
  await holds(sidecar, filled, 'bookbuyer/bookbuyer', 'cluster');
  const { digest } = running.status().artifact;
  const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', namespace: 'bookstore', name: 'bookstore-v1-b5knw' };
  const before = sidecar.responses();
  await client.patch(slice, [{ op: 'remove', path: '/endpoints/0' }]);
  const addresses = (): readonly string[] => endpointAddresses(sidecar, 'bookstore/bookstore-v1|14001');
  await waitFor(() => addresses().length === 1);
  assert.is(sidecar.responses(), before + 1);
  assert.is(running.status().artifact.digest, digest);
  const restored = bookstoreObjects('cluster.yaml').filter(({ metadata }) => metadata.name === slice.name);
  await applyObjects(client, restored);
  await waitFor(() => addresses().length === 2);
});

run('told to end before the cluster is known, it ends', async ({ cluster, ca }) => {
  const { startSmic } = await import('../cli/run-smic.ts');
  await cluster.killServer();
  try {
    const child = startSmic(['serve', '--live', '--kubeconfig', cluster.kubeconfig, '--ca', ca.folder, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']);
    let log = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    await waitFor(() => log.includes('waits until all of the cluster is known'));
    child.kill('SIGTERM');
    assert.is(await ended, 0);
  } finally {
    await cluster.startServer();
  }
});

function writeBundle(artifact: Artifact): string {
  const path = join(temporaryFolder(), 'mesh.bundle');
  writeFileSync(path, encodeBundle(artifact));
  return path;
}

function endpointAddresses(sidecar: AdsClient, name: string): readonly string[] {
  const schema = envoyMessage('envoy.config.endpoint.v3.ClusterLoadAssignment');
  const message = fromBinary(schema, sidecar.received.get('endpoint')?.get(name) ?? new Uint8Array()) as unknown as { readonly endpoints: readonly { readonly lbEndpoints: readonly object[] }[] };
  return message.endpoints.flatMap(({ lbEndpoints }) => lbEndpoints.map((each) => JSON.stringify(Object.keys(each))));
}

test.run();
