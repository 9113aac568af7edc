import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadClusterAccess } from '../../server/kubernetes/client/kube-config.ts';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject, NewObject } from '../../server/kubernetes/client/kube-object.ts';
import { type ObjectChange, type Reflector, type ReflectorOptions, startReflector } from '../../server/kubernetes/reflector.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Cluster, startCluster } from './start-cluster.ts';
import { openCrd } from './support/crds.ts';

interface Context {
  cluster: Cluster;
  client: KubeClient;
}

const test = suite<Context>('reflector');
const run = missingForCluster() === undefined ? test : test.skip;
const running: Reflector[] = [];

test.before(async (context) => {
  if (missingForCluster() !== undefined) return;
  context.cluster = await startCluster();
  context.client = await clientOf(context.cluster.kubeconfig);
});

test.after.each(async () => {
  await Promise.all(running.splice(0).map((reflector) => reflector.stop()));
});

test.after(async ({ cluster, client }) => {
  client?.close();
  await cluster?.stop();
});

async function clientOf(kubeconfig: string): Promise<KubeClient> {
  return createKubeClient(await loadClusterAccess({ kubeconfig }), { userAgent: 'smic-test' });
}

/** A new namespace; those of other tests are in nobody's way. */
async function namespace(client: KubeClient, name: string): Promise<string> {
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}

function configMap(namespace: string, name: string, value = '1'): NewObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data: { value } };
}

interface Watched {
  readonly reflector: Reflector;
  readonly seen: string[];
  readonly states: string[];
}

/** Watches config maps, and writes down what it is told as `+ namespace/name value`, `-`, `~`. */
function watch(client: KubeClient, options: Partial<ReflectorOptions> = {}): Watched {
  const seen: string[] = [];
  const states: string[] = [];
  const value = (object: KubeObject | undefined): unknown => (object?.['data'] as { readonly value?: string } | undefined)?.value;
  const reflector = startReflector({
    client,
    kind: 'ConfigMap',
    apiVersions: ['v1'],
    keep: ({ apiVersion, kind, metadata: { name, uid }, data }) => ({ apiVersion, kind, metadata: { name, ...(uid !== undefined && { uid }) }, data }),
    onChanges: (changes: readonly ObjectChange[]) => {
      seen.push(...changes.map(({ key, before, after }) => `${before && after ? '~' : after ? '+' : '-'} ${key.split('/').at(-1)} ${value(after ?? before)}`));
    },
    onState: ({ state }) => states.push(state),
    ...options,
    timing: { unavailable: () => 100, ...options.timing },
  });
  running.push(reflector);
  return { reflector, seen, states };
}

run('what is there, what comes, what changes, what goes', async ({ client }) => {
  const name = await namespace(client, 'follow');
  await client.create(configMap(name, 'a'));
  const { reflector, seen } = watch(client, { namespace: name });
  await reflector.settled;
  assert.equal(seen, ['+ a 1']);
  await client.create(configMap(name, 'b'));
  await client.apply(configMap(name, 'a', '2'), { force: true });
  await client.delete({ ...configMap(name, 'b'), namespace: name, name: 'b' });
  await waitFor(() => seen.length === 4);
  assert.equal(seen, ['+ a 1', '+ b 1', '~ a 2', '- b 1']);
  const { state, apiVersion, objects, known, error } = reflector.status();
  assert.equal({ state, apiVersion, objects, known, error }, { state: 'current', apiVersion: 'v1', objects: 1, known: true, error: undefined });
});

run('a change of what is not kept is none', async ({ client }) => {
  const name = await namespace(client, 'unread');
  await client.create(configMap(name, 'a'));
  const { reflector, seen } = watch(client, { namespace: name });
  await reflector.settled;
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: name, name: 'a' };
  await client.patch(reference, { metadata: { annotations: { time: 'now' } } });
  await client.patch(reference, { data: { value: '2' } });
  await waitFor(() => seen.length > 1);
  assert.equal(seen, ['+ a 1', '~ a 2']);
});

run('many pages, and what is not selected is not seen', async ({ client }) => {
  const name = await namespace(client, 'pages');
  const names = Array.from({ length: 1203 }, (_, index) => `c${index}`);
  for (let start = 0; start < names.length; start += 50) {
    await Promise.all(names.slice(start, start + 50).map((each) => client.create({ ...configMap(name, each), metadata: { namespace: name, name: each, labels: { odd: String(Number(each.slice(1)) % 2) } } })));
  }
  const all = watch(client, { namespace: name });
  const odd = watch(client, { namespace: name, labelSelector: 'odd=1' });
  await Promise.all([all.reflector.settled, odd.reflector.settled]);
  assert.equal([all.reflector.objects().size, odd.reflector.objects().size], [1203, 601]);
});

run('a watch that ends is taken up again where it ended', async ({ client }) => {
  const name = await namespace(client, 'ends');
  const { reflector, seen, states } = watch(client, { namespace: name, timing: { watchSeconds: () => 1 } });
  await reflector.settled;
  for (const each of ['a', 'b', 'c']) {
    await client.create(configMap(name, each));
    await new Promise((resolve) => setTimeout(resolve, 1200));
  }
  assert.equal(seen, ['+ a 1', '+ b 1', '+ c 1']);
  assert.equal(states, ['current']);
});

run('a watch from what the server has forgotten (410): read anew at once, without a gap, and nothing is told twice', async ({ client, cluster }) => {
  const name = await namespace(client, 'forgotten');
  await client.create(configMap(name, 'a'));
  // One that has run since the cluster began remembers all.
  await cluster.killServer();
  await cluster.startServer();
  let lists = 0;
  let forgotten: string | undefined;
  const old: KubeClient = {
    ...client,
    list: (kind, options) => {
      lists += 1;
      return client.list(kind, options);
    },
    // The server's own answer to a version that it surely has no more, for as long as the first list's is gone on from.
    watch: (kind, options) => client.watch(kind, { ...options, resourceVersion: options.resourceVersion === (forgotten ??= options.resourceVersion) ? '1' : options.resourceVersion }),
  };
  const { reflector, seen, states } = watch(old, { namespace: name });
  await reflector.settled;
  await waitFor(() => lists > 1);
  await client.create(configMap(name, 'b'));
  await waitFor(() => seen.length > 1);
  const relists = lists;
  await client.create(configMap(name, 'c'));
  await waitFor(() => seen.length > 2);
  assert.equal([seen, states, lists], [['+ a 1', '+ b 1', '+ c 1'], ['current'], relists]);
});

run('the API server killed and started again: nothing stale, nothing twice, the last known held meanwhile', async ({ client, cluster }) => {
  const name = await namespace(client, 'killed');
  for (const each of ['a', 'b', 'c']) await client.create(configMap(name, each));
  const { reflector, seen, states } = watch(client, { namespace: name });
  await reflector.settled;
  await cluster.killServer();
  await waitFor(() => reflector.status().state === 'away');
  assert.is(reflector.objects().size, 3);
  assert.match(reflector.status().error ?? '', /cannot reach the API server/);
  await cluster.startServer();
  await client.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: name, name: 'a' });
  await client.apply(configMap(name, 'b', '2'), { force: true });
  await client.create(configMap(name, 'd'));
  await waitFor(() => reflector.status().state === 'current' && seen.length >= 6);
  assert.equal(seen.slice(0, 3), ['+ a 1', '+ b 1', '+ c 1']);
  assert.equal(seen.slice(3).sort(), ['+ d 1', '- a 1', '~ b 2']);
  assert.equal(states, ['current', 'away', 'current']);
});

run('an object that was deleted and made again while nobody looked is two changes', async ({ client, cluster }) => {
  const name = await namespace(client, 'again');
  await client.create(configMap(name, 'a'));
  const { reflector, seen } = watch(client, { namespace: name });
  await reflector.settled;
  await cluster.killServer();
  await cluster.startServer();
  await client.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: name, name: 'a' });
  await client.create(configMap(name, 'a'));
  await waitFor(() => seen.length === 3);
  assert.equal(seen, ['+ a 1', '- a 1', '+ a 1']);
});

run('an API server that hangs: the watch is given up and taken up again when it goes on', async ({ client, cluster }) => {
  const name = await namespace(client, 'hangs');
  const { reflector, seen, states } = watch(client, { namespace: name, timing: { silence: 500, listTimeout: 1000 } });
  await reflector.settled;
  const server = serverProcess(cluster);
  process.kill(server, 'SIGSTOP');
  try {
    await waitFor(() => reflector.status().state === 'away');
    assert.match(reflector.status().error ?? '', /sent nothing in a watch for 0.5 s|no connection to|gave no answer/);
  } finally {
    process.kill(server, 'SIGCONT');
  }
  await client.create(configMap(name, 'a'));
  await waitFor(() => seen.length === 1);
  assert.equal(states.slice(0, 2), ['current', 'away']);
});

run('a kind that is not installed is absent; installed later, it is followed; removed, its objects are gone', async ({ client }) => {
  const states: string[] = [];
  const seen: string[] = [];
  const reflector = startReflector({
    client,
    kind: 'Later',
    apiVersions: ['later.example/v2', 'later.example/v1'],
    keep: (object) => object,
    onChanges: (changes) => seen.push(...changes.map(({ key, after }) => `${after ? '+' : '-'} ${key}`)),
    onState: ({ state }) => states.push(state),
    timing: { unavailable: () => 100 },
  });
  running.push(reflector);
  await reflector.settled;
  assert.equal([reflector.status().state, reflector.status().known], ['absent', true]);
  const name = await namespace(client, 'later');
  const crd = openCrd('later.example', 'Later', ['v1']);
  await client.create(crd);
  await waitFor(() => reflector.status().state === 'current');
  assert.is(reflector.status().apiVersion, 'later.example/v1');
  await client.create({ apiVersion: 'later.example/v1', kind: 'Later', metadata: { namespace: name, name: 'one' } });
  await waitFor(() => seen.length === 1);
  await client.delete({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: 'laters.later.example' });
  await waitFor(() => reflector.status().state === 'absent');
  assert.equal(seen, ['+ later/one', '- later/one']);
  // While the kind is taken away, the server may have no answer for a moment.
  assert.equal(states.filter((state) => state !== 'away'), ['absent', 'current', 'absent']);
});

run('without permission a kind is denied; with it, followed; what was known is held when it is taken away', async ({ client, cluster }) => {
  const name = await namespace(client, 'rights');
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace: name, name: 'reader' } });
  await client.create(configMap(name, 'a'));
  const reader = await clientOf(await cluster.serviceAccountKubeconfig(name, 'reader'));
  const { reflector, seen, states } = watch(reader, { namespace: name, timing: { watchSeconds: () => 1 } });
  await reflector.settled;
  assert.equal([reflector.status().state, reflector.status().known], ['denied', false]);
  assert.match(reflector.status().error ?? '', /cannot list resource "configmaps"/);
  await client.create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { namespace: name, name: 'reader' }, rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }] });
  const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { namespace: name, name: 'reader' } };
  await client.create({ ...binding, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' }, subjects: [{ kind: 'ServiceAccount', namespace: name, name: 'reader' }] });
  await waitFor(() => reflector.status().state === 'current' && seen.length > 0);
  await client.delete({ ...binding, namespace: name, name: 'reader' });
  // A role takes effect in the server bit by bit: for a moment it may refuse what it has just allowed.
  await waitFor(() => reflector.status().state === 'denied' && states.length >= 3);
  assert.equal([reflector.objects().size, reflector.status().known, seen], [1, true, ['+ a 1']]);
  assert.equal(states.slice(0, 2), ['denied', 'current']);
  reader.close();
});

run('who listens may throw, and is told of everything that follows', async ({ client }) => {
  const name = await namespace(client, 'throws');
  const errors: unknown[] = [];
  let told = 0;
  const { reflector } = watch(client, {
    namespace: name,
    onChanges: () => {
      told += 1;
      throw new Error('not my day');
    },
    onError: (error) => errors.push(error),
  });
  await reflector.settled;
  await client.create(configMap(name, 'a'));
  await client.create(configMap(name, 'b'));
  await waitFor(() => told >= 2);
  assert.is(errors.length, told);
});

run('stop is final: nothing is told afterwards, also in the middle of a list', async ({ client }) => {
  const name = await namespace(client, 'stops');
  await client.create(configMap(name, 'a'));
  const early = watch(client, { namespace: name });
  await early.reflector.stop();
  assert.equal(early.seen, []);
  const late = watch(client, { namespace: name });
  await late.reflector.settled;
  await late.reflector.stop();
  await client.create(configMap(name, 'b'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(late.seen, ['+ a 1']);
});

/** The second program that was started. */
function serverProcess(cluster: Cluster): number {
  const [, server] = cluster.processes();
  assert.ok(server);
  return server as number;
}

test.run();
