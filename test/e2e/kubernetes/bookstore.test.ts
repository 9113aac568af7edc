// The whole of it: smic installed into a cluster, the bookstore applied as users do, policy changed, and everything taken down in turn under load.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { stringify } from 'yaml';
import * as assert from 'uvu/assert';
import { sidecarContainer } from '../../../webhook/sidecar-contract.ts';
import type { KubeObject, NewObject } from '../../../server/kubernetes/client/kube-object.ts';
import { names } from '../../../webhook/names.ts';
import { missingForCluster } from '../../kubernetes/find-kubernetes.ts';
import { isReady } from '../../kubernetes/pod-readiness.ts';
import type { RunningPod } from '../../kubernetes/node/run-pod.ts';
import type { LoadCall } from '../../mesh/programs/load.ts';
import { reporting } from '../../mesh/reporting.ts';
import { missingForMesh } from '../../mesh/start-test-mesh.ts';
import { until } from '../under-load/until.ts';
import { bookstoreObjects, objectsOf } from './bookstore-objects.ts';
import { caFolderOf, startLiveRotation } from './live-rotation.ts';
import { underLoad } from './load.ts';
import { areReady, type MeshCluster, startMeshCluster } from './mesh-cluster.ts';

const bookstore = suite('bookstore in a cluster');
const test = missingForMesh() === undefined && missingForCluster() === undefined ? bookstore : bookstore.skip;

const buy: LoadCall = { url: 'http://bookstore.bookstore:14001/buy-a-book/new', headers: { 'user-agent': 'bookbuyer-http-client/1.0', 'client-app': 'bookbuyer' }, rate: 50 };
const namespaces = { bookbuyer: 1, bookthief: 1, bookstore: 3, bookwarehouse: 1 };

let cluster: MeshCluster;

bookstore.before(
  reporting(async () => {
    if (test !== bookstore) {
      return;
    }
    cluster = await startMeshCluster();
  }),
);

bookstore.after(() => cluster?.stop());

/** What kubectl says; fails where it does. */
async function kubectl(args: readonly string[], options: { readonly input?: string; readonly editor?: string } = {}): Promise<string> {
  const { code, output } = await cluster.kubectl(args, options);
  assert.is(code, 0, `kubectl ${args.join(' ')}: ${output}`);
  return output;
}

async function apply(objects: readonly NewObject[]): Promise<void> {
  await kubectl(['apply', '-f', '-'], { input: objects.map((object) => stringify(object)).join('---\n') });
}

/** The one that runs now. */
function podOf(app: string): RunningPod {
  const [found] = cluster.podsOf(app, app);
  assert.ok(found, `no pod of ${app} runs`);
  return found as RunningPod;
}

/** Who has sold a book, or the status where none was sold. */
async function seller(app = 'bookbuyer'): Promise<string> {
  const { status, headers, error } = await podOf(app).http(buy);
  return status === 200 ? String(headers['identity']) : (error ?? String(status));
}

async function scale(replicas: number): Promise<void> {
  await kubectl(['scale', 'deployment/bookstore-v1', '--namespace', 'bookstore', `--replicas=${replicas}`]);
  await until(`${replicas} pods of bookstore-v1`, () => areReady(cluster, 'bookstore', replicas + 1));
}

test('the bookstore comes up from its YAML: each pod with a sidecar, and ready', async () => {
  const config = objectsOf('mesh-config.yaml').map((object) => ({ ...object, metadata: { ...object.metadata, namespace: names.namespace } }));
  await apply(config);
  await apply(bookstoreObjects());
  await apply([...objectsOf('policy.yaml'), ...objectsOf('split.yaml')]);
  for (const [namespace, count] of Object.entries(namespaces)) {
    await until(`${namespace} is ready`, () => areReady(cluster, namespace, count));
    for (const { metadata, spec } of await cluster.podObjects(namespace)) {
      const { initContainers = [] } = spec as { readonly initContainers?: readonly { readonly name: string; readonly restartPolicy?: string }[] };
      assert.is(initContainers.find(({ name }) => name === sidecarContainer)?.restartPolicy, 'Always', metadata.name);
    }
  }
});

test('bookbuyer buys at v1; bookthief gets nothing', async () => {
  await until('a book', async () => (await seller()) === 'bookstore-v1');
  assert.equal(await Promise.all(Array.from({ length: 10 }, () => seller())), Array(10).fill('bookstore-v1'));
  assert.is(await seller('bookthief'), '403');
});

test('smic status and smic verify connectivity ask the server through the API server', async () => {
  const status = await cluster.smic(['status', '-A', '-o', 'wide']);
  assert.is(status.code, 0, status.output);
  const [title = '', ...lines] = status.output.split('\n');
  assert.match(title, /^PROXY +CLASS .* SERVER +IDENTITY +CERTIFICATE$/);
  assert.match(lines.find((line) => line.startsWith('bookbuyer/')) ?? '', /^bookbuyer\/bookbuyer-\S+ .*SYNCED .* smic-\S+ +spiffe:\/\/cluster\.local\/ns\/bookbuyer\/sa\/bookbuyer +\d+h$/, status.output);
  assert.match(status.output, /\nsmic-\S+: 6 sidecars; sha256:/);
  const chosen = await cluster.smic(['status', '-n', 'bookstore', '-l', 'app=bookstore', '-o', 'name']);
  const expected = (await cluster.podObjects('bookstore', 'bookstore')).map(({ metadata }) => `pod/${metadata.name}\n`).sort();
  assert.is(chosen.output, expected.join(''));
  assert.ok(expected.length > 0);

  const buyer = podOf('bookbuyer').pod.metadata.name;
  const verify = (from: string, more: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> => cluster.smic(['verify', 'connectivity', '-n', 'bookstore', '--from', from, '--to', 'svc/bookstore', '--path', '/buy-a-book/new', ...more]);
  const allowed = await verify(`bookbuyer/${buyer}`, ['--method', 'GET', '--header', 'user-agent: bookbuyer-http-client/1.0', '--header', 'client-app: bookbuyer', '-o', 'wide']);
  assert.is(allowed.code, 0, allowed.output);
  assert.match(allowed.output, new RegExp(`√ the sidecar of bookbuyer/${buyer} has a certificate\\n {4}until 2\\d{3}-.*Z\\n√ the sidecar of bookbuyer/${buyer} has what the server sends\\n`));
  assert.match(allowed.output, /√ the sidecar of bookstore\/bookstore-v1-\S+ has what the server sends\n/);
  assert.not.match(allowed.output, 'can be asked');
  const refused = await verify(`bookthief/${podOf('bookthief').pod.metadata.name}`, []);
  assert.is(refused.code, 1, refused.output);
  assert.match(refused.output, /√ the sidecar of bookthief\/\S+ has a certificate\n/);
});

test('support-dump has the status and the metrics of the server', async () => {
  const out = join(cluster.folder, 'dump');
  const { code, output } = await cluster.smic(['support-dump', '--out', out]);
  assert.is(code, 0, output);
  const [server = ''] = readdirSync(join(out, 'servers'));
  assert.match(server, /^smic-/);
  assert.is(JSON.parse(readFileSync(join(out, 'servers', server, 'status.json'), 'utf8')).proxies.length, 6);
  assert.match(readFileSync(join(out, 'servers', server, 'metrics.txt'), 'utf8'), '# TYPE smic_');
  assert.not.match(readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8')).join('\n'), /PRIVATE KEY|\beyJ/);
});

test('an edited split moves the traffic, and no request fails', async () => {
  await underLoad(podOf('bookbuyer'), buy, async ({ more }) => {
    await kubectl(['edit', 'trafficsplit', '--namespace', 'bookstore'], { editor: "sed -i -E 's/weight: 100$/weight: none/; s/weight: 0$/weight: 100/; s/weight: none$/weight: 0/'" });
    await until('v2 sells', async () => (await seller()) === 'bookstore-v2');
    assert.equal(await Promise.all(Array.from({ length: 10 }, () => seller())), Array(10).fill('bookstore-v2'));
    await apply(objectsOf('split.yaml'));
    await until('v1 sells', async () => (await seller()) === 'bookstore-v1');
    await more(500);
  });
});

test('what is no longer allowed is refused, and allowed again when it is', async () => {
  assert.match(await kubectl(['delete', 'traffictargets', '--all', '--namespace', 'bookstore']), /deleted/);
  await until('it is refused', async () => (await seller()) === '403');
  await apply(objectsOf('policy.yaml'));
  await until('it is allowed again', async () => (await seller()) === 'bookstore-v1');
});

test('what is wrong is refused, with the words of smic lint', async () => {
  const [split] = objectsOf('split.yaml');
  const wrong = { ...split, metadata: { name: 'wrong', namespace: 'bookstore' }, spec: { service: 'bookstore', backends: [{ service: 'bookstore-v1', weight: 1 }, { service: 'bookstore-v1', weight: 1 }] } } as NewObject;
  const { code, output } = await cluster.kubectl(['apply', '-f', '-'], { input: stringify(wrong) });
  assert.is(code, 1, output);
  assert.match(output, /admission webhook "\S+" denied the request: SMIC\d{4}: /);
});

test('pods come and go under load, and no request fails', async () => {
  await underLoad(podOf('bookbuyer'), buy, async ({ more }) => {
    await scale(5);
    await more(200);
    await scale(1);
    await more(200);
    await scale(2);
    await more(200);
  });
});

test('the API server is killed and comes back, and no request fails; what changes then is seen', async () => {
  await underLoad(podOf('bookbuyer'), buy, async ({ more }) => {
    await cluster.cluster.killServer();
    await more(500);
    await cluster.cluster.startServer();
    await scale(3);
    await more(200);
    await scale(2);
    await more(200);
  });
});

test("smic's own pods are replaced, and no request fails; then pods come as before", async () => {
  await underLoad(podOf('bookbuyer'), buy, async ({ more }) => {
    const before = await cluster.podObjects(names.namespace);
    await kubectl(['delete', 'pods', '--all', '--wait=false', '--namespace', names.namespace]);
    await until('others are ready', async () => {
      const now = await cluster.podObjects(names.namespace);
      return now.every(({ metadata }) => !before.some((old) => old.metadata.uid === metadata.uid)) && areReady(cluster, names.namespace, before.length);
    });
    await scale(3);
    await more(300);
  });
});

test('a copy of a pod to look into has the one sidecar that its pod had, and runs', async () => {
  const { metadata } = podOf('bookbuyer').pod;
  await kubectl(['debug', `pod/${metadata.name}`, '--namespace', 'bookbuyer', '--copy-to=looked-into', '--attach=false', '--container=tools', '--image=machine', '--', '/bin/sleep', '3600']);
  const copy = async (): Promise<KubeObject> => cluster.cluster.client.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'bookbuyer', name: 'looked-into' });
  await until('the copy is ready', async () => isReady(await copy()));
  const { spec } = await copy();
  const { initContainers = [], containers } = spec as { readonly initContainers?: readonly { readonly name: string }[]; readonly containers: readonly { readonly name: string }[] };
  assert.is([...initContainers, ...containers].filter(({ name }) => name === sidecarContainer).length, 1);
  assert.ok(containers.some(({ name }) => name === 'tools'));
  await kubectl(['delete', 'pod', 'looked-into', '--namespace', 'bookbuyer']);
});

test('a Job ends although its pod has a sidecar', async () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'bookbuyer', name: 'once' };
  const container = { name: 'once', image: 'machine', command: ['/bin/sh', '-c', 'exit 0'] };
  await apply([{ apiVersion: job.apiVersion, kind: job.kind, metadata: { name: job.name, namespace: job.namespace }, spec: { template: { spec: { serviceAccountName: 'bookbuyer', restartPolicy: 'Never', containers: [container] } } } }]);
  await until('it is complete', async () => {
    const { status } = await cluster.cluster.client.get(job);
    return (status as { readonly succeeded?: number }).succeeded === 1;
  });
});

test('smic ca rotate asks the servers in the cluster, and smic install carries its steps there', async () => {
  const folder = await caFolderOf(cluster);
  const carryOver = async (): Promise<void> => {
    const { code, output } = await cluster.smic(['install', '--set', 'serverReplicas=1', '--set', 'webhookReplicas=1', '--ca', folder]);
    assert.is(code, 0, output);
    // The kubelet here doesn't bring a changed Secret into pods that run.
    await kubectl(['delete', 'pods', '--wait=false', '--namespace', names.namespace, '--selector', 'app.kubernetes.io/component=server']);
    await until('another server', async () => /^\S+: [1-9]\d* sidecars;/m.test((await cluster.smic(['status', '--live'])).output));
  };
  const rotation = startLiveRotation(cluster, folder);
  try {
    await until('the first step', () => /Both roots are trusted; the old one signs\.\nCarry it into the cluster: smic install --ca \S+, with your other flags\.\n/.test(rotation.output()));
    await until('what it waits for', () => /smic-\S+: has not read this stage from its CA folder yet\n/.test(rotation.output()));
    await carryOver();
    await until('all sidecars', () => /smic-\S+: ([1-9]\d*) of \1 proxies have acknowledged both roots\n/.test(rotation.output()));
  } finally {
    await rotation.stop();
  }
  assert.not.match(rotation.output(), 'The new root signs');
  assert.is((await cluster.smic(['ca', 'rotate', folder, '--abort'])).code, 0);
  await carryOver();
  assert.is(await seller(), 'bookstore-v1');
});

bookstore.run();
