import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import type { Artifact } from '../../compiler/artifact/artifact.ts';
import { loadClusterAccess } from '../../server/kubernetes/client/kube-config.ts';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { root, runSmic } from '../cli/run-smic.ts';
import { temporaryFolder } from '../server/support/temporary-folder.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Cluster, startCluster } from './start-cluster.ts';
import { applyObjects, bookstoreObjects, installCrds } from './support/apply-objects.ts';

interface Context {
  cluster: Cluster;
  client: KubeClient;
}

const test = suite<Context>('snapshot');
const run = missingForCluster() === undefined ? test : test.skip;
const bookstore = join(root, 'fixtures', 'bookstore');
const files = ['cluster.yaml', 'mesh-config.yaml', 'policy.yaml', 'split.yaml'];

test.before(async (context) => {
  if (missingForCluster() !== undefined) return;
  // The bookstore's Services have addresses in it. Nothing is ever called there.
  context.cluster = await startCluster({ serviceRange: '10.96.0.0/16' });
  context.client = createKubeClient(await loadClusterAccess({ kubeconfig: context.cluster.kubeconfig }), { userAgent: 'smic-test' });
  await installCrds(context.client);
  await applyObjects(context.client, bookstoreObjects(...files));
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'bookstore', name: 'token', annotations: { note: 'not for you' } }, stringData: { password: 'swordfish' } };
  await context.client.create(secret);
});

test.after(async ({ cluster, client }) => {
  client?.close();
  await cluster?.stop();
});

/** What every class gets, by name and digest. */
function served({ classes }: Artifact): unknown {
  return classes.map(({ namespace, name, services, resources }) => [namespace, name, services, resources.map((resource) => [resource.type, resource.name, resource.digest])]);
}

function compiled(...texts: readonly string[]): Artifact {
  const { artifact, diagnostics } = compile(texts.map((text, index) => ({ name: `${index}.yaml`, text })));
  assert.equal(diagnostics.filter(({ level }) => level === 'error'), []);
  assert.ok(artifact);
  return artifact as Artifact;
}

run('what was applied compiles to the same configuration as the files did', async ({ cluster }) => {
  const { code, stdout, stderr } = await runSmic(['snapshot', '--kubeconfig', cluster.kubeconfig]);
  assert.equal([code, stderr], [0, '']);
  assert.equal(served(compiled(stdout)), served(compiled(...files.map((file) => readFileSync(join(bookstore, file), 'utf8')))));
});

run('it holds nothing that changes by itself, and no Secret', async ({ cluster, client }) => {
  const before = (await runSmic(['snapshot', '--kubeconfig', cluster.kubeconfig])).stdout;
  assert.not.match(before, /swordfish|managedFields|resourceVersion|uid|creationTimestamp|generation|last-applied|kind: Secret/);
  // A kubelet writes a pod's status again and again, and tools their annotations.
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'bookstore', name: 'bookstore-v1-7d9c5b6f84-h7wqn' };
  await client.patch(pod, { status: { conditions: [{ type: 'Ready', status: 'True', lastProbeTime: '2030-01-01T00:00:00Z' }], startTime: '2030-01-01T00:00:00Z' } }, { subresource: 'status' });
  await client.patch(pod, { metadata: { annotations: { 'tool.example/checked': 'now' } } });
  assert.is((await runSmic(['snapshot', '--kubeconfig', cluster.kubeconfig])).stdout, before);
});

run('a namespace, a selector, another format, a file', async ({ cluster }) => {
  const own = ['--kubeconfig', cluster.kubeconfig];
  const one = (await runSmic(['snapshot', '-n', 'bookbuyer', ...own])).stdout;
  assert.equal([...one.matchAll(/^kind: (.*)$/gm)].map(([, kind]) => kind), ['Deployment', 'EndpointSlice', 'MeshConfig', 'Namespace', 'Pod', 'Service', 'ServiceAccount']);
  const { items } = JSON.parse((await runSmic(['snapshot', '-A', '-l', 'app=bookthief', '-o', 'json', ...own])).stdout);
  assert.equal(items.map(({ kind, metadata }: { kind: string; metadata: { name: string } }) => `${kind}/${metadata.name}`).filter((name: string) => !name.startsWith('Namespace/')), ['MeshConfig/osm-mesh-config', 'Pod/bookthief-7c6d9f5b44-w9tml', 'Service/bookthief']);
  const out = join(temporaryFolder(), 'snapshot.yaml');
  assert.match((await runSmic(['snapshot', '--out', out, ...own])).stderr, /written: \d+ objects/);
  assert.match((await runSmic(['snapshot', '--out', out, ...own])).stderr, /is unchanged/);
  assert.is((await runSmic(['compile', '--snapshot', out, '--complete'])).code, 0);
  const changed = join(temporaryFolder(), 'split.yaml');
  writeFileSync(changed, readFileSync(join(bookstore, 'split.yaml'), 'utf8').replace('weight: 100', 'weight: 30').replace('weight: 0', 'weight: 70'));
  const args = ['-o', 'yaml', '--proxy', 'bookbuyer/bookbuyer', '-t', 'route'];
  assert.match((await runSmic(['compile', changed, '--snapshot', out, ...args])).stdout, /weight: 70/);
  // Named as a file like any other, the split is there twice.
  assert.is((await runSmic(['compile', changed, out, ...args])).code, 1);
});

run('--live puts the cluster under the files: files win', async ({ cluster }) => {
  const own = ['--live', '--kubeconfig', cluster.kubeconfig];
  const alone = await runSmic(['lint', ...own]);
  assert.equal([alone.code, alone.stdout.includes('error')], [0, false]);
  assert.match(alone.stderr, /^checked .* in the cluster: /m);
  const changed = join(temporaryFolder(), 'policy.yaml');
  writeFileSync(changed, readFileSync(join(bookstore, 'split.yaml'), 'utf8').replace('weight: 100', 'weight: 30').replace('weight: 0', 'weight: 70'));
  const { stdout, code } = await runSmic(['compile', changed, ...own, '-o', 'yaml', '--proxy', 'bookbuyer/bookbuyer', '-t', 'route']);
  assert.is(code, 0);
  assert.match(stdout, /weight: 70/);
  assert.not.match(stdout, /weight: 100/);
  writeFileSync(changed, readFileSync(join(bookstore, 'split.yaml'), 'utf8').replace('service: bookstore-v1', 'service: bookstore-v9'));
  const broken = await runSmic(['lint', changed, ...own]);
  assert.is(broken.code, 1);
  assert.match(broken.stdout, /bookstore-v9/);
  assert.match(broken.stderr, /^checked .* in 1 file and the cluster: /m);
});

run('a kind that may not be read: left out and said, or refused where a mesh would mean something else', async ({ cluster, client }) => {
  const account = { kind: 'ServiceAccount', namespace: 'bookstore', name: 'bookstore-v1' };
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' } };
  const rules = ['', 'apps', 'batch', 'discovery.k8s.io', 'config.openservicemesh.io', 'access.smi-spec.io', 'specs.smi-spec.io'].map((group) => ({ apiGroups: [group], resources: ['*'], verbs: ['list'] }));
  await client.create({ ...role, rules });
  await client.create({ ...role, kind: 'ClusterRoleBinding', roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' }, subjects: [account] });
  const kubeconfig = await cluster.serviceAccountKubeconfig('bookstore', 'bookstore-v1');
  const partly = await runSmic(['snapshot', '--kubeconfig', kubeconfig]);
  assert.is(partly.code, 0);
  assert.match(partly.stderr, /^warning: TrafficSplit objects are left out: .*cannot list resource "trafficsplits"/);
  await client.patch({ ...role, name: 'reader' }, { rules: rules.filter(({ apiGroups }) => apiGroups[0] !== 'config.openservicemesh.io') });
  const refused = await runSmic(['snapshot', '--kubeconfig', kubeconfig]);
  assert.equal([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /the API server refuses: meshconfigs.config.openservicemesh.io is forbidden/);
});

test.run();
