// The running webhook, asked by a real API server.
import { createServer } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject, NewObject } from '../../server/kubernetes/client/kube-object.ts';
import { createLog } from '../../server/log.ts';
import { defaultSettings } from '../../webhook/inject/mesh-settings.ts';
import { names } from '../../webhook/names.ts';
import { type RunningWebhook, startWebhook } from '../../webhook/start-webhook.ts';
import { makeTestCa } from '../server/support/test-ca.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { type Asked, definition, mutating, policyKinds, validating } from './admission-objects.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Kubelet, startKubelet } from './kubelet.ts';
import { type Cluster, startCluster } from './start-cluster.ts';
import { testerToken } from './support/tester-token.ts';

const admission = suite('webhook');
const test = missingForCluster() === undefined ? admission : admission.skip;
const mesh = { meshName: 'osm', meshNamespace: 'osm-system', trustDomain: 'cluster.local', clusterDomain: 'cluster.local' };
const loopback = { host: '127.0.0.1', port: 0 };
const ca = await makeTestCa();
let cluster: Cluster;
let client: KubeClient;
let webhook: RunningWebhook;
let kubelet: Kubelet | undefined;
const warnings: string[] = [];
const lines: string[] = [];

const run = async (): Promise<RunningWebhook> =>
  startWebhook({
    client: cluster.client,
    certificate: { ca: ca.folder, dnsNames: ['localhost'] },
    address: loopback,
    adminAddress: loopback,
    settings: async () => ({ ...defaultSettings, trustBundle: ca.issuer.trustBundle(), serverVersion: { major: 1, minor: 36 } }),
    mesh,
    log: createLog('info', { write: (line: string) => void lines.push(line) }),
  });

interface PodSpec {
  readonly containers: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[];
}

function isInjected(pod: KubeObject): boolean {
  const { initContainers = [] } = pod['spec'] as PodSpec;
  return initContainers.filter(({ name }) => name === 'osm-init').length === 1 && initContainers.filter(({ name, restartPolicy }) => name === 'envoy' && restartPolicy === 'Always').length === 1;
}

const podTemplate = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app' }] } };

function pod(namespace: string, name: string, annotations: Readonly<Record<string, string>> = {}, spec: object = {}): NewObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, annotations }, spec: { ...podTemplate.spec, ...spec } };
}

async function namespace(name: string, annotations: Readonly<Record<string, string>> = {}, joined = true): Promise<void> {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, annotations, labels: joined ? { 'openservicemesh.io/monitored-by': 'osm' } : {} } });
  // The API server makes the default ServiceAccount a moment later, and pods need it.
  await waitFor(async () => client.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' }).catch(() => undefined));
}

/** The API server's words, or undefined where it has taken the object. */
async function refusal(work: Promise<unknown>): Promise<ApiError | undefined> {
  return work.then(() => undefined, (error: ApiError) => error);
}

admission.before(async () => {
  if (missingForCluster() !== undefined) return;
  cluster = await startCluster({ controllers: true });
  client = cluster.clientWith(await testerToken(cluster), (warning) => warnings.push(warning));
  for (const [group, version, kind, plural] of policyKinds) {
    await client.create(definition(group, version, kind, plural));
  }
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'osm-system' } });
  webhook = await run();
  await waitFor(() => webhook.isReady());
  const asked = { url: `https://localhost:${webhook.address.port}`, caBundle: ca.issuer.trustBundle() };
  await client.create(mutating(asked));
  await client.create(validating(asked));
  await namespace('shop');
  // A new configuration takes some milliseconds.
  await waitFor(async () => isInjected(await client.create(pod('shop', 'first'), { dryRun: true })));
});

admission.after(async () => {
  await kubelet?.stop();
  await webhook?.close();
  client?.close();
  await cluster?.stop();
  ca.remove();
});

test('pods of Deployments, StatefulSets, DaemonSets and Jobs, and bare pods, come out injected', async () => {
  const selector = { matchLabels: { app: 'web' } };
  const job = { ...podTemplate, spec: { ...podTemplate.spec, restartPolicy: 'Never' } };
  // A DaemonSet makes a pod for each node.
  kubelet = await startKubelet(cluster.client, { nodes: ['node-0', 'node-1'] });
  const workloads: readonly NewObject[] = [
    { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'daemon', namespace: 'shop' }, spec: { selector, template: podTemplate } },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'deployment', namespace: 'shop' }, spec: { replicas: 2, selector, template: podTemplate } },
    { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'set', namespace: 'shop' }, spec: { replicas: 1, selector, serviceName: 'set', template: podTemplate } },
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job', namespace: 'shop' }, spec: { template: job } },
    pod('shop', 'bare'),
  ];
  for (const workload of workloads) {
    await client.create(workload);
  }
  const injected = async (): Promise<string> => {
    const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'shop' });
    assert.equal(items.filter((one) => !isInjected(one)), []);
    // Controllers may make one too many, and take it back.
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name.replace(/-[a-z0-9]+(-[a-z0-9]+)?$/, '')).sort().join(' ');
  };
  await waitFor(async () => (await injected()) === 'bare daemon daemon deployment deployment job set');
});

test('annotations of pod and namespace, host network, a namespace outside', async () => {
  await namespace('off', { 'openservicemesh.io/sidecar-injection': 'disabled' });
  await namespace('outside', {}, false);
  const key = 'openservicemesh.io/sidecar-injection';
  const cases: readonly (readonly [string, Readonly<Record<string, string>>, object, boolean])[] = [
    ['shop', {}, {}, true],
    ['shop', { [key]: 'enabled' }, {}, true],
    ['shop', { [key]: 'disabled' }, {}, false],
    ['shop', { [key]: 'NO' }, {}, false],
    ['shop', {}, { hostNetwork: true }, false],
    ['off', {}, {}, false],
    ['off', { [key]: 'true' }, {}, true],
    ['outside', {}, {}, false],
    ['outside', { [key]: 'enabled' }, {}, false],
  ];
  for (const [index, [space, annotations, spec, expected]] of cases.entries()) {
    const created = await client.create(pod(space, `case-${index}`, annotations, spec), { dryRun: true });
    assert.is(isInjected(created), expected, `${space} ${JSON.stringify(annotations)} ${JSON.stringify(spec)}`);
  }
  const bad = await refusal(client.create(pod('shop', 'bad', { [key]: 'perhaps' }), { dryRun: true }));
  assert.is(bad?.status, 403);
  assert.match(bad?.message ?? '', /denied the request: .*perhaps/);
  // An injected pod that is made again as it is (kubectl debug --copy-to) is recognised.
  const { metadata, spec } = await client.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'bare' });
  const { nodeName: _node, ...copied } = spec as { readonly nodeName?: string };
  const copy = await client.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'copy', namespace: 'shop', annotations: metadata.annotations }, spec: copied }, { dryRun: true });
  assert.ok(isInjected(copy));
});

test('a container that is added to a running pod may be any user but the sidecar\'s', async () => {
  await client.create(pod('shop', 'debugged'));
  await client.create(pod('shop', 'left-alone', { 'openservicemesh.io/sidecar-injection': 'disabled' }));
  const add = async (name: string, containers: readonly object[]): Promise<KubeObject> => {
    const ephemeralContainers = containers.map((container, index) => ({ name: `debugger-${index}`, image: 'busybox', terminationMessagePolicy: 'File', ...container }));
    return client.patch({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name }, { spec: { ephemeralContainers } }, { subresource: 'ephemeralcontainers' });
  };
  const asSidecar = { securityContext: { runAsUser: 1500 } };
  const refused = await refusal(add('debugged', [asSidecar]));
  assert.is(refused?.status, 403);
  assert.match(refused?.message ?? '', /denied the request: the container "debugger-0" runs as user 1500/);
  const [plain, root] = [{}, { securityContext: { runAsUser: 0 } }];
  const { spec } = await add('debugged', [plain, root]);
  assert.is((spec as { readonly ephemeralContainers: readonly unknown[] }).ephemeralContainers.length, 2);
  // What was added before stays allowed, and what is added next is looked at.
  assert.match((await refusal(add('debugged', [plain, root, asSidecar])))?.message ?? '', /"debugger-2" runs as user 1500/);
  await add('left-alone', [asSidecar]);
});

const route = { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup', metadata: { name: 'routes', namespace: 'shop' }, spec: { matches: [{ name: 'all', pathRegex: '.*', methods: ['*'] }] } };
const target = {
  apiVersion: 'access.smi-spec.io/v1alpha3',
  kind: 'TrafficTarget',
  metadata: { name: 'target', namespace: 'shop' },
  spec: {
    destination: { kind: 'ServiceAccount', name: 'web', namespace: 'shop' },
    sources: [{ kind: 'ServiceAccount', name: 'client', namespace: 'shop' }],
    rules: [{ kind: 'HTTPRouteGroup', name: 'routes', matches: ['all'] }],
  },
};

test('policy: what smic lint calls an error is refused with its code; what refers to something that may come yet is taken, with a warning', async () => {
  for (const name of ['web', 'client']) {
    await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'shop' } });
  }
  const badRegex = { ...route, metadata: { ...route.metadata, name: 'bad' }, spec: { matches: [{ name: 'all', pathRegex: '(', methods: ['*'] }] } };
  const refused = await refusal(client.create(badRegex));
  assert.is(refused?.status, 422);
  assert.match(refused?.message ?? '', /denied the request: SMIC3001: /);
  const foreign = { ...target, spec: { ...target.spec, destination: { ...target.spec.destination, namespace: 'off' } } };
  assert.match((await refusal(client.create(foreign)))?.message ?? '', /SMIC3100: /);
  const typo = { ...target, spec: { ...target.spec, rulez: [] } };
  assert.match((await refusal(client.create(typo)))?.message ?? '', /SMIC2001: .*rulez/);
  const egress = { apiVersion: 'policy.openservicemesh.io/v1alpha1', kind: 'Egress', metadata: { name: 'out', namespace: 'shop' }, spec: {} };
  assert.match((await refusal(client.create(egress)))?.message ?? '', /SMIC2004: Egress \(policy.openservicemesh.io\) is not supported yet/);

  warnings.length = 0;
  await client.create(target);
  assert.ok(warnings.some((warning) => warning.startsWith('SMIC3104: ')), warnings.join('\n'));
  warnings.length = 0;
  // A dry run is judged and nothing remembered of it.
  await client.create(route, { dryRun: true });
  await client.create(route);
  await waitFor(async () => {
    warnings.length = 0;
    await client.patch({ ...reference(target) }, { metadata: { annotations: { touched: String(Date.now()) } } });
    return !warnings.some((warning) => warning.startsWith('SMIC3104'));
  });
  assert.match((await refusal(client.patch(reference(target), { spec: { sources: [{ kind: 'User', name: 'x' }] } })))?.message ?? '', /SMIC3101: /);
  // Deleting what others need is said, not refused.
  warnings.length = 0;
  await client.delete(reference(route));
  assert.ok(warnings.some((warning) => warning.startsWith('SMIC3104: ')), warnings.join('\n'));
});

function reference({ apiVersion, kind, metadata }: NewObject): { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string } {
  return { apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name ?? '' };
}

test('a fault that was there before blocks neither the object that has it nor others', async () => {
  await cluster.client.delete({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', name: names.webhookConfiguration });
  const broken = { ...route, metadata: { name: 'broken', namespace: 'shop', finalizers: ['example.com/wait'] }, spec: { matches: [{ name: 'one', pathRegex: '(', methods: ['*'] }, { name: 'two', pathRegex: '[', methods: ['*'] }] } };
  await waitFor(async () => (await refusal(client.create(broken))) === undefined || undefined);
  await client.create(validating({ url: `https://localhost:${webhook.address.port}`, caBundle: ca.issuer.trustBundle() }));
  const bad = { ...route, metadata: { ...route.metadata, name: 'another' }, spec: { matches: [{ name: 'all', pathRegex: '(', methods: ['*'] }] } };
  await waitFor(async () => refusal(client.create(bad, { dryRun: true })));
  await client.create({ ...route, metadata: { ...route.metadata, name: 'good' } });
  warnings.length = 0;
  // Half of it is mended.
  await client.patch(reference(broken), { spec: { matches: [{ name: 'one', pathRegex: '.*', methods: ['*'] }, { name: 'two', pathRegex: '[', methods: ['*'] }] } });
  assert.ok(warnings.some((warning) => warning.startsWith('SMIC3001: ')), warnings.join('\n'));
  await client.delete(reference(broken));
  await client.patch(reference(broken), { metadata: { finalizers: null } });
  assert.is((await refusal(client.get(reference(broken))))?.status, 404);
});

test('of what policy depends on it is said what it means, and it is taken, also while the webhook is away', async () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hosted', namespace: 'shop' }, spec: { selector: { app: 'hosted' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }] } };
  const workload = (namespace: string): NewObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'hosted', namespace },
    spec: { selector: { matchLabels: { app: 'hosted' } }, template: { metadata: { labels: { app: 'hosted' } }, spec: { ...podTemplate.spec, hostNetwork: true } } },
  });
  await client.create(service);
  await waitFor(async () => {
    warnings.length = 0;
    await client.create(workload('shop'), { dryRun: true });
    return warnings.some((warning) => warning.startsWith('SMIC5012: '));
  });
  warnings.length = 0;
  await client.create(workload('outside'), { dryRun: true });
  assert.equal(warnings.filter((warning) => warning.startsWith('SMIC')), []);
  const well = { url: `https://localhost:${webhook.address.port}`, caBundle: ca.issuer.trustBundle() };
  await client.apply(validating({ ...well, url: 'https://localhost:1' }), { force: true });
  await waitFor(async () => refusal(client.create({ ...route, metadata: { ...route.metadata, name: 'unasked' } }, { dryRun: true })));
  await client.create({ ...service, metadata: { name: 'unasked', namespace: 'shop' } });
  await client.create(workload('shop'), { dryRun: true });
  await client.apply(validating(well), { force: true });
  await waitFor(async () => (await refusal(client.create({ ...route, metadata: { ...route.metadata, name: 'unasked' } }, { dryRun: true }))) === undefined);
});

test('the webhook is slow, shows a wrong certificate, or is away: what the failure policy says, and nothing else', async () => {
  await namespace('trouble');
  const set = async (asked: Asked): Promise<void> => void (await client.apply(mutating(asked), { force: true }));
  const other = await makeTestCa();
  const silent = createServer({ ...(await ca.issuer.issue({ identity: 'spiffe://cluster.local/x', dnsNames: ['localhost'], lifetimeSeconds: 600 }).then(({ chain, privateKey }) => ({ cert: chain, key: privateKey }))) });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const slow = { url: `https://localhost:${(silent.address() as AddressInfo).port}`, caBundle: ca.issuer.trustBundle(), timeoutSeconds: 1 };
  const wrong = { url: `https://localhost:${webhook.address.port}`, caBundle: other.issuer.trustBundle() };
  const away = { url: 'https://localhost:1', caBundle: ca.issuer.trustBundle() };
  for (const [name, asked, words] of [['slow', slow, /deadline exceeded|timeout/i], ['wrong', wrong, /certificate|x509/i], ['away', away, /refused/i]] as const) {
    await set({ ...asked, failurePolicy: 'Fail' });
    const error = await waitFor(async () => {
      const found = await refusal(client.create(pod('trouble', `${name}-fail`), { dryRun: true }));
      return found !== undefined && words.test(found.message) ? found : undefined;
    });
    assert.is(error.status, 500, name);
    // The rest of the cluster goes on.
    await client.create(pod('outside', `${name}-outside`), { dryRun: true });
    await set({ ...asked, failurePolicy: 'Ignore' });
    const created = await waitFor(async () => client.create(pod('trouble', `${name}-ignore`), { dryRun: true }).catch(() => undefined));
    assert.not(isInjected(created), name);
  }
  await set({ url: `https://localhost:${webhook.address.port}`, caBundle: ca.issuer.trustBundle() });
  await waitFor(async () => isInjected(await client.create(pod('trouble', 'well'), { dryRun: true })));
  silent.close();
  other.remove();
});

admission.run();
