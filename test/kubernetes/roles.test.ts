// What the shipped accounts may do, as the API server judges it.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { runSmic, startSmic } from '../cli/run-smic.ts';
import { until } from '../e2e/under-load/until.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { inCluster } from './installing.ts';
import { type Cluster, startCluster } from './start-cluster.ts';

const roles = suite('roles');
const test = missingForCluster() === undefined ? roles : roles.skip;

let cluster: Cluster;
const clients = new Map<string, KubeClient>();

roles.before(reporting(async () => {
  if (test !== roles) return;
  cluster = await startCluster();
  const { code, stderr } = await inCluster(cluster, ['install', '--wait', '0s']);
  assert.is(code, 0, stderr);
  for (const account of ['smic', 'smic-webhook']) {
    clients.set(account, cluster.clientWith(await cluster.serviceAccountToken('smic-system', account)));
  }
}));

roles.after(async () => {
  clients.forEach((client) => client.close());
  await cluster?.stop();
});

const read = [
  ' namespaces',
  ' pods',
  ' serviceaccounts',
  ' services',
  'access.smi-spec.io identitybindings',
  'access.smi-spec.io traffictargets',
  'apps daemonsets',
  'apps deployments',
  'apps replicasets',
  'apps statefulsets',
  'batch cronjobs',
  'batch jobs',
  'config.openservicemesh.io extensionservices',
  'config.openservicemesh.io meshconfigs',
  'discovery.k8s.io endpointslices',
  'policy.openservicemesh.io egresses',
  'policy.openservicemesh.io ingressbackends',
  'policy.openservicemesh.io retries',
  'policy.openservicemesh.io telemetries',
  'policy.openservicemesh.io upstreamtrafficsettings',
  'specs.smi-spec.io httproutegroups',
  'specs.smi-spec.io tcproutes',
  'specs.smi-spec.io udproutes',
  'split.smi-spec.io trafficsplits',
].flatMap((resource) => [...(resource === ' pods' ? ['get'] : []), 'list', 'watch'].map((verb) => `${verb} ${resource}`));

/** Everything that an account may do with resources, but for what everybody may (to ask about himself). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  smic: [...read, 'create authentication.k8s.io tokenreviews', ...['create', 'get', 'patch'].map((verb) => `${verb} events.k8s.io events`)],
  'smic-webhook': read,
};

interface Rules {
  readonly resourceRules: readonly { readonly verbs: readonly string[]; readonly apiGroups?: readonly string[]; readonly resources?: readonly string[]; readonly resourceNames?: readonly string[] }[];
}

for (const account of Object.keys(allowed)) {
  test(`${account} may do what it needs, and nothing else`, async () => {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', metadata: {}, spec: { namespace: 'smic-system' } };
    const { status } = await client(account).create(review);
    const found = (status as Rules).resourceRules
      .filter(({ resources = [] }) => !resources.every((resource) => resource.startsWith('selfsubject')))
      .flatMap(({ verbs, apiGroups = [], resources = [] }) => verbs.flatMap((verb) => apiGroups.flatMap((group) => resources.map((resource) => `${verb} ${group} ${resource}`))));
    assert.equal([...new Set(found)].sort(), [...(allowed[account] ?? [])].sort());
  });

  test(`${account} reads what is compiled, in every namespace`, async () => {
    for (const kind of [
      { apiVersion: 'v1', kind: 'Namespace' },
      { apiVersion: 'v1', kind: 'Pod' },
      { apiVersion: 'v1', kind: 'ServiceAccount' },
      { apiVersion: 'v1', kind: 'Service' },
      { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
      { apiVersion: 'access.smi-spec.io/v1alpha3', kind: 'TrafficTarget' },
      { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup' },
      { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'TCPRoute' },
      { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'UDPRoute' },
      { apiVersion: 'split.smi-spec.io/v1alpha4', kind: 'TrafficSplit' },
      { apiVersion: 'config.openservicemesh.io/v1alpha2', kind: 'MeshConfig' },
    ]) {
      await client(account).list(kind);
    }
  });

  test(`${account} reaches no secret, no webhook, no policy with its hands, and no other account`, async () => {
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => client(account).list({ apiVersion: 'v1', kind: 'Secret' }),
      () => client(account).get({ apiVersion: 'v1', kind: 'Secret', namespace: 'smic-system', name: 'smic-ca' }),
      () => client(account).get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'smic-system', name: 'smic-trust-bundle' }),
      () => client(account).patch({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', name: 'smic-webhook' }, { webhooks: [] }),
      () => client(account).patch({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'smic-system', name: 'smic' }, { spec: { replicas: 0 } }),
      () => client(account).createSubresource({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'smic-system', name: 'smic' }, 'token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
      () => client(account).create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'c' }] } }),
      () => client(account).create({ apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'TCPRoute', metadata: { name: 'r', namespace: 'default' }, spec: {} }),
      () => client(account).patch({ apiVersion: 'v1', kind: 'Namespace', name: 'default' }, { metadata: { labels: { a: 'b' } } }),
      () => client(account).delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'traffictargets.access.smi-spec.io' }),
    ];
    for (const attempt of attempts) {
      const error = await attempt().then(() => undefined, (reason: unknown) => reason);
      assert.ok(error instanceof ApiError && error.status === 403, `${String(attempt)}: ${String(error)}`);
    }
  });
}

test('the server can have a token reviewed, and report on an object', async () => {
  const token = await cluster.serviceAccountToken('smic-system', 'smic-webhook', 'smic');
  const { status } = await client('smic').create({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token, audiences: ['smic'] } });
  assert.is((status as { readonly user: { readonly username: string } }).user.username, 'system:serviceaccount:smic-system:smic-webhook');
  await client('smic').create({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: 'broken.1', namespace: 'default' },
    regarding: { apiVersion: 'access.smi-spec.io/v1alpha3', kind: 'TrafficTarget', namespace: 'default', name: 'broken' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'smic',
    reportingInstance: 'smic-0',
    action: 'Compile',
    type: 'Warning',
    reason: 'NotCompiled',
    note: 'it names nobody',
  });
});

test("the webhook's account is enough for the webhook: it reads the cluster and is ready", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smic-roles-'));
  const kubeconfig = await cluster.serviceAccountKubeconfig('smic-system', 'smic-webhook');
  assert.is((await runSmic(['ca', 'init', join(folder, 'ca')])).code, 0);
  const webhook = startSmic(['webhook', '--kubeconfig', kubeconfig, '--ca', join(folder, 'ca'), '--mesh-namespace', 'smic-system', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0']);
  const ended = once(webhook, 'exit');
  let log = '';
  webhook.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
  try {
    const port = await until('the webhook listens', () => /"admin":\{"host":"127\.0\.0\.1","port":(\d+)\}/.exec(log)?.[1]);
    await until(`it is ready; it says ${log}`, async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status === 200);
    assert.not.match(log, 'forbidden');
  } finally {
    webhook.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
});

roles.run();

function client(account: string): KubeClient {
  const found = clients.get(account);
  if (found === undefined) throw new Error(`no client for ${account}`);
  return found;
}
