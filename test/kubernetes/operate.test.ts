// The commands for whoever runs a mesh, against a real API server with its controllers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { version } from '../../cli/version.ts';
import type { KubeObject, NewObject } from '../../server/kubernetes/client/kube-object.ts';
import { until } from '../e2e/under-load/until.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Kubelet, startKubelet } from './kubelet.ts';
import { type Ran, runCommand } from './run-main.ts';
import { type Cluster, startCluster } from './start-cluster.ts';

const operate = suite('operate');
const test = missingForCluster() === undefined ? operate : operate.skip;

let cluster: Cluster;
let kubelet: Kubelet;
let folder: string;

operate.before(
  reporting(async () => {
    if (test !== operate) {
      return;
    }
    folder = mkdtempSync(join(tmpdir(), 'smic-operate-'));
    cluster = await startCluster({ controllers: true });
    kubelet = await startKubelet(cluster.client);
  }),
);

operate.after(async () => {
  await kubelet?.stop();
  await cluster?.stop();
  if (folder !== undefined) {
    rmSync(folder, { recursive: true, force: true });
  }
});

function smic(...args: readonly string[]): Promise<Ran> {
  return runCommand(...args, '--kubeconfig', cluster.kubeconfig);
}

async function account(namespace: string, name: string): Promise<string> {
  await cluster.client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  return cluster.serviceAccountKubeconfig(namespace, name);
}

const sidecar = { name: 'envoy', image: `smic:${version}`, command: ['smic', 'agent'] };

function pod(namespace: string, name: string, more: { readonly labels?: object; readonly serviceAccount?: string; readonly sidecar?: boolean; readonly annotations?: object; readonly env?: readonly object[] } = {}): NewObject {
  const { labels = {}, serviceAccount = 'default', annotations = {}, env = [] } = more;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, annotations },
    spec: { serviceAccountName: serviceAccount, containers: [{ name: 'app', image: 'app', env, ports: [{ containerPort: 8080 }] }, ...(more.sidecar === false ? [] : [sidecar])] },
  };
}

async function ready(namespace: string, name: string): Promise<void> {
  await until(`pod ${name}`, async () => {
    const object = await cluster.client.get({ apiVersion: 'v1', kind: 'Pod', namespace, name });
    return (object['status'] as { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  });
}

async function namespace(name: string): Promise<void> {
  await cluster.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await until('its service account', () => cluster.client.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: name, name: 'default' }).catch(() => undefined));
}

test('check --pre: what is wanted of cluster and user', async () => {
  const { code, stdout, stderr } = await smic('check', '--pre');
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, '√ you may create what an installation consists of\n');
  assert.match(stdout, 'smic can be installed: √\n');
  const weak = await runCommand('check', '--pre', '--kubeconfig', await account('default', 'weak'));
  assert.is(weak.code, 2, weak.stdout);
  assert.match(weak.stderr, 'system:serviceaccount:default:weak');
});

test('check --pre: who may look but not install is told what is missing', async () => {
  const config = await account('default', 'viewer');
  const rbac = 'rbac.authorization.k8s.io';
  await cluster.client.apply({ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'viewer' }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'viewer', namespace: 'default' }] });
  const result = await until('the role', async () => {
    const ran = await runCommand('check', '--pre', '--kubeconfig', config);
    return ran.code === 2 ? undefined : ran;
  });
  assert.is(result.code, 1);
  assert.match(result.stdout, '× you may create what an installation consists of\n    You may not create namespaces, ');
  assert.match(result.stdout, 'create deployments.apps in smic-system');
  assert.match(result.stdout, 'see docs/operate.md#permissions');
});

test('check: a cluster that is away is no answer', async () => {
  await cluster.killServer();
  const { code, stderr } = await smic('check');
  assert.is(code, 2);
  assert.match(stderr, 'ECONNREFUSED');
  await cluster.startServer();
});

test('check before there is anything: it says so', async () => {
  const { code, stdout } = await smic('check');
  assert.is(code, 1);
  assert.match(stdout, '× smic is installed in smic-system\n');
});

test('check after installing: all is well, and each fault is found', async () => {
  const installed = await smic('install', '--wait', '90s', '--set', 'injectionFailurePolicy=Ignore', '--set', 'validationFailurePolicy=Ignore');
  assert.is(installed.code, 0, installed.stderr);
  const well = await smic('check', '-o', 'wide');
  assert.is(well.code, 0, well.stdout + well.stderr);
  assert.not.match(well.stdout, /[×‼]/);
  assert.match(well.stdout, /√ the webhook's certificate is of the CA in caBundle\n {4}3649 days left \(Secret smic-webhook-ca\)/);
  assert.match(well.stdout, 'smic is well: √\n');
  assert.is(JSON.parse((await smic('check', '-o', 'json')).stdout).success, true);

  for (const { fault, what, fails } of faults) {
    const undo = await fault(cluster);
    const { code, stdout } = await until(what, async () => {
      const ran = await smic('check');
      return ran.code === 1 ? ran : undefined;
    });
    assert.is(code, 1);
    assert.match(stdout, fails, `${what}: ${stdout}`);
    assert.match(stdout, 'see docs/operate.md#');
    assert.match(stdout, 'smic is well: ×\n');
    await undo();
    await until(`${what} undone`, async () => (await smic('check')).code === 0);
  }
});

interface Fault {
  readonly what: string;
  readonly fault: (cluster: Cluster) => Promise<() => Promise<unknown>>;
  readonly fails: RegExp;
}

const webhooks = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', name: 'smic-webhook' };
const deleted = (reference: { readonly apiVersion: string; readonly kind: string; readonly namespace?: string; readonly name: string }): Fault['fault'] => async ({ client }) => {
  const { metadata, status: _, ...object } = await client.get(reference);
  await client.delete(reference);
  await until('it is gone', () => client.get(reference).then(() => false, () => true));
  const { name, namespace: own, labels, annotations } = metadata;
  return () => client.create({ ...object, metadata: { name, ...(own !== undefined && { namespace: own }), ...(labels && { labels }), ...(annotations && { annotations }) } } as NewObject);
};

const faults: readonly Fault[] = [
  { what: 'no CRD', fault: deleted({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'trafficsplits.split.smi-spec.io' }), fails: /× TrafficSplit \(trafficsplits\.split\.smi-spec\.io\) is known\n {4}The cluster has no such/ },
  { what: 'rights taken away', fault: deleted({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: 'smic' }), fails: /× service account smic may do what it must\n {4}It may not get pods, list pods/ },
  { what: 'no webhook', fault: deleted(webhooks), fails: /× MutatingWebhookConfiguration smic-webhook names a CA that is valid\n {4}It is missing: pods get no sidecars/ },
  { what: 'no CA', fault: deleted({ apiVersion: 'v1', kind: 'Secret', namespace: 'smic-system', name: 'smic-ca' }), fails: /× the mesh's CA is valid\n {4}There is no Secret smic-ca/ },
  {
    what: "another CA in caBundle",
    fault: async ({ client }) => {
      const { webhooks: before } = await client.get(webhooks);
      const other = (await client.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'smic-system', name: 'smic-trust-bundle' }))['data'] as { readonly 'ca.crt': string };
      const [first] = before as readonly [{ readonly clientConfig: object }];
      await client.patch(webhooks, [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: Buffer.from(other['ca.crt']).toString('base64') }]);
      return () => client.patch(webhooks, [{ op: 'replace', path: '/webhooks/0/clientConfig', value: first.clientConfig }]);
    },
    fails: /× the webhook's certificate is of the CA in caBundle\n {4}The Secret smic-webhook-ca has a certificate of another CA/,
  },
  {
    what: 'no webhook pods',
    fault: async ({ client }) => {
      const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'smic-system', name: 'smic-webhook' };
      const { replicas } = (await client.get(deployment))['spec'] as { readonly replicas: number };
      await client.patch(deployment, { spec: { replicas: 0 } });
      return () => client.patch(deployment, { spec: { replicas } });
    },
    fails: /× service smic-webhook has pods that are ready\n {4}Nobody answers/,
  },
];

test('namespaces join and leave, and what must be restarted is told and restarted', async () => {
  const { client } = cluster;
  await namespace('shop');
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'app' }] } };
  await client.apply({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template } });
  await client.apply(pod('shop', 'bare', { sidecar: false }));
  await until('its pods', async () => (await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'shop' })).items.length === 3);

  const added = await smic('namespace', 'add', 'shop');
  assert.is(added.code, 0, added.stderr);
  assert.is(added.stdout, 'namespace/shop added to mesh osm\n');
  assert.match(added.stderr, '  deployment/web in shop (2 pods)\n');
  assert.match(added.stderr, 'by hand, since nothing replaces their pods:\n  pod/bare in shop (1 pod)\n');
  const { labels, annotations } = (await client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).metadata;
  assert.is(labels?.['openservicemesh.io/monitored-by'], 'osm');
  assert.is(annotations?.['openservicemesh.io/sidecar-injection'], 'enabled');

  const unwell = await smic('check');
  assert.is(unwell.code, 1);
  assert.match(unwell.stdout, /× pods that are to have a sidecar have one\n {4}Without: shop\/bare, shop\/web-\S+, shop\/web-\S+\.\n/);

  const again = await smic('namespace', 'add', 'shop', '--restart');
  assert.is(again.stdout, 'namespace/shop is in mesh osm already\ndeployment/web in shop restarted\n');
  const web = await client.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' });
  const restarted = (web['spec'] as { readonly template: KubeObject }).template.metadata.annotations?.['kubectl.kubernetes.io/restartedAt'];
  assert.match(restarted ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

  assert.is((await smic('namespace', 'list')).stdout, 'NAMESPACE    MESH  SIDECAR-INJECTION\nshop         osm   enabled\nsmic-system  -     disabled (ignored)\n');
  assert.is((await smic('namespace', 'list', '-o', 'name', '-l', 'openservicemesh.io/monitored-by=osm')).stdout, 'namespace/shop\n');
  assert.equal(JSON.parse((await smic('namespace', 'list', '-o', 'json')).stdout)[0].mesh, 'osm');

  for (const name of ['kube-system', 'smic-system']) {
    const refused = await smic('namespace', 'add', 'shop', name);
    assert.is(refused.code, 2);
    assert.match(refused.stderr, `namespace ${name} cannot join a mesh`);
  }
  assert.is((await smic('namespace', 'add', 'nowhere')).code, 2);
  assert.match((await smic('namespace', 'remove', 'shop', '--mesh-name', 'other')).stderr, 'is in another mesh, osm');
  const removed = await smic('namespace', 'remove', 'shop');
  assert.is(removed.stdout, 'namespace/shop removed from mesh osm\n');
  assert.is((await client.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).metadata.annotations?.['openservicemesh.io/sidecar-injection'], undefined);
  assert.is((await smic('namespace', 'ignore', 'shop')).stdout, 'namespace/shop ignored\n');
  const ignored = await smic('namespace', 'add', 'shop');
  assert.is(ignored.code, 2);
  assert.match(ignored.stderr, 'is ignored');
});


test("namespaces are chosen by their labels, as with kubectl", async () => {
  const { client } = cluster;
  for (const name of ['red', 'blue']) {
    await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { team: 'paint' } } });
  }
  assert.is((await smic('namespace', 'add', '-l', 'team=paint')).stdout, 'namespace/blue added to mesh osm\nnamespace/red added to mesh osm\n');
  assert.is((await smic('metrics', 'enable', '-l', 'team=paint')).stdout, 'namespace/blue metrics enabled (0 pods annotated)\nnamespace/red metrics enabled (0 pods annotated)\n');
  await client.patch({ apiVersion: 'v1', kind: 'Namespace', name: 'red' }, { metadata: { labels: { team: 'ink' } } });
  assert.is((await smic('metrics', 'disable', '-A', '-l', 'team!=paint')).stdout, 'namespace/red metrics disabled (0 pods annotated)\n');
  assert.is((await smic('metrics', 'disable', '-A')).stdout, 'namespace/blue metrics disabled (0 pods annotated)\nnamespace/red metrics are disabled already\n');
  assert.is((await smic('namespace', 'list', '-l', 'team in (ink, paint)', '-o', 'name')).stdout, 'namespace/blue\nnamespace/red\n');
  assert.is((await smic('namespace', 'remove', '-l', 'team in (ink, paint)')).code, 0);
  const nothing: readonly (readonly [readonly string[], RegExp])[] = [
    [['namespace', 'add'], /^error: no namespace is named\n/],
    [['namespace', 'add', 'red', '-l', 'team=ink'], /^error: namespaces are named, and chosen by -l too\n/],
    [['namespace', 'ignore', '-l', 'team=none'], /^error: no namespace has the labels team=none\n/],
    [['namespace', 'list', '-l', 'team in (ink'], /^error: the API server refuses: unable to parse requirement/],
    [['namespace', 'list', '-o', 'xml'], /Allowed choices are table, wide, json, yaml, name\./],
    [['metrics', 'enable'], /^error: no namespace is named\n/],
    [['metrics', 'enable', '-n', 'red', '-A'], /cannot be used with/],
  ];
  for (const [args, words] of nothing) {
    const { code, stdout, stderr } = await smic(...args);
    assert.equal([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, words);
  }
});

test('metrics: namespace and pods are annotated, and no more', async () => {
  const { client } = cluster;
  await namespace('books');
  for (const name of ['buyer', 'store', 'thief']) {
    await client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'books' } });
    await client.apply(pod('books', name, { labels: { app: name }, serviceAccount: name, env: [{ name: 'DATABASE', value: 'canary-environment' }], annotations: { note: 'canary-annotation' } }));
    await ready('books', name);
  }
  await client.apply(pod('books', 'plain', { sidecar: false }));
  assert.is((await smic('namespace', 'add', 'books')).code, 0);
  assert.is((await smic('metrics', 'enable', '-n', 'books')).stdout, 'namespace/books metrics enabled (3 pods annotated)\n');
  const annotationsOf = async (name: string): Promise<Readonly<Record<string, string>>> => (await client.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'books', name })).metadata.annotations ?? {};
  assert.is((await annotationsOf('store'))['prometheus.io/port'], '15010');
  assert.is((await annotationsOf('plain'))['prometheus.io/port'], undefined);
  assert.is((await smic('metrics', 'enable', '-n', 'books')).stdout, 'namespace/books metrics are enabled already\n');
  assert.is((await smic('metrics', 'disable', '-n', 'books')).stdout, 'namespace/books metrics disabled (3 pods annotated)\n');
  assert.equal(await annotationsOf('store'), { note: 'canary-annotation' });
});

test('verify connectivity: which rule lets whom call what', async () => {
  const { client } = cluster;
  await client.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'store', namespace: 'books' }, spec: { selector: { app: 'store' }, ports: [{ port: 80, targetPort: 8080 }] } });
  await client.apply({ apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup', metadata: { name: 'buy', namespace: 'books' }, spec: { matches: [{ name: 'new', pathRegex: '/buy/.*', methods: ['GET'], headers: [{ 'client-app': 'buyer' }] }] } });
  await client.apply({
    apiVersion: 'access.smi-spec.io/v1alpha3',
    kind: 'TrafficTarget',
    metadata: { name: 'store', namespace: 'books' },
    spec: { destination: { kind: 'ServiceAccount', name: 'store', namespace: 'books' }, rules: [{ kind: 'HTTPRouteGroup', name: 'buy', matches: ['new'] }], sources: [{ kind: 'ServiceAccount', name: 'buyer', namespace: 'books' }] },
  });
  const connectivity = (from: string, to: string, ...more: readonly string[]): Promise<Ran> => smic('verify', 'connectivity', '--from', `books/${from}`, '--to', to, ...more);

  const yes = await connectivity('buyer', 'books/svc/store', '--method', 'get', '--path', '/buy/new?x=1', '--header', 'Client-App: buyer', '-o', 'wide');
  assert.is(yes.code, 0, yes.stdout + yes.stderr);
  assert.match(yes.stdout, '√ policy lets books/buyer call books/store:80 as books/store\n    TrafficTarget/books/store/buy/new\n');
  assert.match(yes.stdout, '√ books/store has a sidecar\n');
  // Nothing answers at the pods' addresses here.
  assert.match(yes.stdout, /- the server can be asked\n/);
  assert.match(yes.stdout, 'books/buyer can call service books/store: √\n');

  const depends = await connectivity('buyer', 'books/store', '--path', '/buy/new');
  assert.is(depends.code, 0);
  assert.match(depends.stdout, '    TrafficTarget/books/store/buy/new wants method GET, header client-app: buyer\n');

  for (const [args, reason] of [
    [['buyer', 'books/svc/store', '--path', '/admin'], 'none of 1 rules that let books/buyer call books/store matches this request'],
    [['buyer', 'books/svc/store', '--method', 'POST'], 'none of 1 rules'],
    [['buyer', 'books/svc/store', '--header', 'client-app: thief'], 'none of 1 rules'],
    [['thief', 'books/svc/store'], 'no TrafficTarget for service account books/store names books/thief as a source'],
    [['store', 'books/thief'], 'No Service of the mesh with pods that have sidecars leads to the pod'],
    [['buyer', 'books/svc/store', '--port', '81'], 'at port 81'],
  ] as const) {
    const [from, to, ...more] = args;
    const no = await connectivity(from, to, ...more);
    assert.is(no.code, 1, no.stdout + no.stderr);
    assert.match(no.stdout, reason);
  }
  const plain = await connectivity('plain', 'books/svc/store');
  assert.match(plain.stdout, '× books/plain has a sidecar\n    It was made before its namespace joined');
  const nobody = await connectivity('nobody', 'books/svc/store');
  assert.is(nobody.code, 2);
  assert.match(nobody.stderr, 'there is no pod books/nobody');
  assert.is(JSON.parse((await connectivity('thief', 'books/svc/store', '-o', 'json')).stdout).success, false);
  const named = await smic('verify', 'connectivity', '-n', 'books', '--from', 'pod/buyer', '--to', 'svc/store');
  assert.match(named.stdout, 'books/buyer can call service books/store: √\n');
  const unsaid = await smic('verify', 'connectivity', '--from', 'buyer', '--to', 'books/svc/store');
  assert.match(unsaid.stderr, 'there is no pod default/buyer');
});

test('status and ca rotate: servers in the cluster that do not answer are named', async () => {
  const status = await smic('status', '-A');
  assert.is(status.code, 2);
  assert.match(status.stderr, /^error: no server in smic-system answers\n {2}smic-\S+: .+\n {2}smic-\S+: .+\n {2}To ask through the API server needs/);
  const none = await smic('status', '--live', '--installation', 'books');
  assert.match(none.stderr, 'there is no server in books');
  assert.match((await smic('status', '--server', 'http://127.0.0.1:9091', '-l', 'app=store')).stderr, 'cannot be used with');
});

test('who may not read what decides gets no verdict', async () => {
  const rules = [
    { apiGroups: [''], resources: ['namespaces', 'services', 'serviceaccounts', 'pods'], verbs: ['get', 'list'] },
    { apiGroups: ['discovery.k8s.io', 'apps', 'batch', 'access.smi-spec.io', 'specs.smi-spec.io', 'split.smi-spec.io'], resources: ['*'], verbs: ['get', 'list'] },
  ];
  const rbac = 'rbac.authorization.k8s.io';
  const kubeconfig = await account('default', 'half');
  await cluster.client.apply({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'half' }, rules });
  await cluster.client.apply({ apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'half' }, roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'half' }, subjects: [{ kind: 'ServiceAccount', name: 'half', namespace: 'default' }] });
  const args = ['verify', 'connectivity', '-n', 'books', '--from', 'buyer', '--to', 'svc/store', '--kubeconfig', kubeconfig];
  const { code, stdout } = await until('the role', async () => {
    const ran = await runCommand(...args);
    return /meshconfigs/.test(ran.stderr) ? ran : undefined;
  });
  assert.equal([code, stdout], [2, '']);
  const check = await runCommand('check', '--kubeconfig', kubeconfig);
  assert.match(check.stdout, /\npolicy kinds\n-+\n- it can be looked at\n {4}You may not: customresourcedefinitions/);
  assert.match(check.stdout, /\nsidecars\n-+\n[√×] pods that are to have a sidecar have one\n/);
  const out = join(folder, 'half');
  assert.is((await runCommand('support-dump', '--out', out, '--kubeconfig', kubeconfig)).code, 0);
  assert.match(readFileSync(join(out, 'missing.txt'), 'utf8'), /^MeshConfig objects: .*meshconfigs/m);
  assert.match(readFileSync(join(out, 'cluster.json'), 'utf8'), '"TrafficTarget"');
});

test('support-dump: what helps, and nothing that is secret', async () => {
  const { client } = cluster;
  await client.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'any', namespace: 'books' }, stringData: { password: 'canary-secret' } });
  await client.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'smic-trust-bundle', namespace: 'smic-system' }, data: { text: `password: canary-password\nAuthorization: Bearer canary-bearer-token\n${await cluster.serviceAccountToken('books', 'store')}\n-----BEGIN EC PRIVATE KEY-----\ncanary-key\n-----END EC PRIVATE KEY-----` } });
  await client.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'foreign', namespace: 'smic-system' }, data: { text: 'canary-foreign' } });
  const out = join(folder, 'dump');
  const { code, stderr } = await smic('support-dump', '--out', out);
  assert.is(code, 0, stderr);
  const paths = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const text = paths.map((path) => readFileSync(path, 'utf8')).join('\n');
  assert.not.match(text, /canary|PRIVATE KEY|\beyJ/);
  assert.not.match(text, (await secretText()).slice(0, 40));
  assert.match(text, '"TrafficTarget"');
  for (const name of ['check.json', 'cluster.json', 'diagnostics.json', 'versions.json', 'installation/deployments.json', 'installation/mutatingwebhookconfiguration.json', 'missing.txt']) {
    assert.ok(paths.includes(join(out, name)), name);
  }
  assert.is(statSync(out).mode & 0o777, 0o700);
  const second = await smic('support-dump', '--out', out);
  assert.is(second.code, 2);
  assert.match(second.stderr, 'is there already');

  const archive = join(folder, 'dump.tar.gz');
  assert.is((await smic('support-dump', '--out', archive)).code, 0);
  const listed = spawnSync('tar', ['-tzf', archive], { encoding: 'utf8' });
  assert.is(listed.status, 0, listed.stderr);
  assert.match(listed.stdout, 'smic-support/cluster.json\n');
  assert.is(spawnSync('tar', ['-xzOf', archive, 'smic-support/cluster.json'], { encoding: 'utf8' }).stdout, readFileSync(join(out, 'cluster.json'), 'utf8'));
});

async function secretText(): Promise<string> {
  const { data } = await cluster.client.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'smic-system', name: 'smic-ca' });
  const [, key = ''] = Object.entries(data as Readonly<Record<string, string>>).find(([name]) => name.endsWith('.key')) ?? [];
  return key;
}

operate.run();
