// The Kubernetes that other tests use: a real API server with its controllers, and a kubelet that runs nothing.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../e2e/under-load/until.ts';
import { ApiError, type ConnectionError, isNotFound } from '../../server/kubernetes/client/api-error.ts';
import type { KubeObject, NewObject, ObjectReference } from '../../server/kubernetes/client/kube-object.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Kubelet, pretendToRun, startKubelet } from './kubelet.ts';
import { type Cluster, startCluster } from './start-cluster.ts';

const kubernetes = suite('kubernetes');
const test = missingForCluster() === undefined ? kubernetes : kubernetes.skip;

let cluster: Cluster;
let kubelet: Kubelet;

interface EndpointSlice extends KubeObject {
  readonly endpoints: readonly { readonly conditions: { readonly ready?: boolean }; readonly targetRef?: { readonly name: string } }[] | null;
}

interface Pod extends KubeObject {
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

kubernetes.before(
  reporting(async () => {
    if (test !== kubernetes) {
      return;
    }
    cluster = await startCluster({ controllers: true });
    const pretend = pretendToRun();
    kubelet = await startKubelet(cluster.client, {
      nodes: ['node-0', 'node-1'],
      // Pods of Jobs end at once.
      run: (pod, report) => {
        if (pod.metadata.labels?.['batch.kubernetes.io/job-name'] === undefined) return pretend(pod, report);
        report({ phase: 'Succeeded', ready: false, addresses: [] });
        return { stop: async () => {} };
      },
    });
  }),
);

kubernetes.after(async () => {
  await kubelet?.stop();
  await cluster?.stop();
});

const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const app = { labels: { app: 'web' } };
const container = { name: 'app', image: 'app', ports: [{ containerPort: 8080 }] };

function deployment(replicas: number): NewObject {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace: 'shop', name: 'web' }, spec: { replicas, selector: { matchLabels: app.labels }, template: { metadata: app, spec: { containers: [container] } } } };
}

async function pods(): Promise<readonly Pod[]> {
  const { items } = await cluster.client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'shop', labelSelector: 'app=web' });
  return items as readonly Pod[];
}

async function readyEndpoints(): Promise<readonly string[]> {
  const { items } = await cluster.client.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }, { namespace: 'shop', labelSelector: 'kubernetes.io/service-name=web' });
  return (items as readonly EndpointSlice[]).flatMap(({ endpoints }) => endpoints ?? []).filter(({ conditions }) => conditions.ready).map(({ targetRef }) => targetRef?.name ?? '');
}

test('says its version', async () => {
  const version = JSON.parse(await cluster.client.raw({ method: 'GET', path: '/version' })) as Readonly<Record<'gitVersion' | 'major' | 'minor', string>>;
  const wanted = /^\tk8s\.io\/kubernetes (v\S+)$/m.exec(readFileSync(join(import.meta.dirname, 'binaries', 'go.mod'), 'utf8'))?.[1];
  assert.is(version.gitVersion, process.env['KUBEBUILDER_ASSETS'] === undefined ? wanted : version.gitVersion);
  assert.match(version.gitVersion, `v${version.major}.${version.minor}.`);
});

test('a Deployment of three pods becomes ready, and so do the endpoints of its Service', async () => {
  await cluster.client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await cluster.client.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { selector: app.labels, ports: [{ port: 80, targetPort: 8080 }] } });
  await until('the service account', () => isThere({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' }));
  await cluster.client.apply(deployment(3));
  await until('three ready endpoints', async () => (await readyEndpoints()).length === 3);
  const running = await pods();
  assert.equal([...(await readyEndpoints())].sort(), running.map(({ metadata }) => metadata.name).sort());
  assert.equal([...new Set(running.map(({ spec }) => spec.nodeName))].sort(), ['node-0', 'node-1']);
  assert.is(new Set(running.map(({ status }) => status.podIP)).size, 3);
  await until('the Deployment says so', async () => {
    const { status } = await cluster.client.get(web);
    return (status as { readonly readyReplicas?: number }).readyReplicas === 3;
  });
});

test('a Job whose pod ends is complete', async () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once', namespace: 'shop' }, spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } };
  await cluster.client.apply(job);
  await until('a complete Job', async () => {
    const { status } = await cluster.client.get({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name: 'once' });
    return (status as { readonly succeeded?: number }).succeeded === 1;
  });
});

test('the API server is killed and comes back: what was there is there, and all go on', async () => {
  const before = (await pods()).map(({ metadata }) => metadata.uid).sort();
  const [pid] = cluster.processes().filter((process) => isRunning(process, 'kube-apiserver'));
  assert.type(pid, 'number');
  await cluster.killServer();
  assert.not.ok(isRunning(pid ?? 0, 'kube-apiserver'));
  const answer = await cluster.client.raw({ method: 'GET', path: '/version' }).catch((error: ConnectionError) => error.code);
  assert.is(answer, 'ECONNREFUSED');
  await cluster.startServer();
  assert.equal((await pods()).map(({ metadata }) => metadata.uid).sort(), before);
  await cluster.client.patch(web, { spec: { replicas: 5 } });
  await until('five ready endpoints', async () => (await readyEndpoints()).length === 5);
});

test('what is deleted goes', async () => {
  await cluster.client.delete(web);
  await until('no pods', async () => (await pods()).length === 0);
  await until('no endpoints', async () => (await readyEndpoints()).length === 0);
  assert.is(await isThere(web), false);
});

async function account(name: string): Promise<void> {
  await cluster.client.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: 'shop' } });
}

/** Gives it one of the roles that every cluster has. */
async function bind(name: string, role: string): Promise<void> {
  const rbac = 'rbac.authorization.k8s.io';
  await cluster.client.apply({
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: 'shop' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'shop' }],
  });
}

test('a service account may what it is bound to', async () => {
  await account('reader');
  const client = cluster.clientWith(await cluster.serviceAccountToken('shop', 'reader'));
  const services = async (): Promise<readonly KubeObject[]> => (await client.list({ apiVersion: 'v1', kind: 'Service' }, { namespace: 'shop' })).items;
  const refusal = await services().catch((error: unknown) => error);
  assert.instance(refusal, ApiError);
  assert.is((refusal as ApiError).status, 403);
  assert.match((refusal as ApiError).message, 'system:serviceaccount:shop:reader');
  await bind('reader', 'view');
  await until('it may', () => services().then((found) => found.length === 1, () => false));
});

test('what an object says wrongly is refused or warned of', async () => {
  const wrong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wrong', namespace: 'shop' }, dat: {} };
  const refusal = await cluster.client.apply(wrong).catch((error: unknown) => error);
  assert.match(String(refusal), 'field not declared in schema');
  await account('writer');
  await bind('writer', 'edit');
  const warnings: string[] = [];
  const client = cluster.clientWith(await cluster.serviceAccountToken('shop', 'writer'), (warning) => warnings.push(warning));
  await until('it may write', () => client.raw({ method: 'POST', path: '/api/v1/namespaces/shop/configmaps', body: wrong }).catch(() => undefined));
  assert.equal(warnings, ['unknown field "dat"']);
});

test('nothing is left of a cluster whose maker was killed', async () => {
  const maker: ChildProcess = fork(join(import.meta.dirname, 'crash.ts'), { execArgv: ['--import', 'tsx'] });
  const [{ folder, processes }] = (await once(maker, 'message')) as [{ readonly folder: string; readonly processes: readonly number[] }];
  assert.is(processes.length, 3);
  assert.ok(processes.every((pid) => existsSync(`/proc/${pid}`)));
  assert.ok(existsSync(folder));
  maker.kill('SIGKILL');
  await once(maker, 'exit');
  await until('the processes are gone', () => !processes.some((pid) => isRunning(pid, 'kube') || isRunning(pid, 'etcd')));
  await until(`${folder} is gone`, () => !existsSync(folder));
});

async function isThere(reference: ObjectReference): Promise<boolean> {
  try {
    await cluster.client.get(reference);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** Whether a process is there and is this program: its number may have gone to another by now. */
function isRunning(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.includes(program) ?? false;
  } catch {
    return false;
  }
}

kubernetes.run();
