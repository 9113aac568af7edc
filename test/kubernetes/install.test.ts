// smic install, smic manifests and smic uninstall against a real API server.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { customResources } from '../../install/custom-resources.ts';
import type { Manifest } from '../../install/manifest.ts';
import { changeState, parseAuthority, readFilesOf } from '../../server/certificates/ca-folder.ts';
import { dropOld, signWithNew, trustAlso } from '../../server/certificates/ca-state.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { until } from '../e2e/under-load/until.ts';
import { runSmic } from '../cli/run-smic.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { askForTable, definition, inCluster, present, printed } from './installing.ts';
import { type Kubelet, startKubelet } from './kubelet.ts';
import { type Cluster, startCluster } from './start-cluster.ts';

const installation = suite('install');
const test = missingForCluster() === undefined ? installation : installation.skip;

let cluster: Cluster;
let kubelet: Kubelet | undefined;
const folder = mkdtempSync(join(tmpdir(), 'smic-install-'));

installation.before(reporting(async () => {
  if (test === installation) cluster = await startCluster({ controllers: true });
}));

installation.after(async () => {
  await kubelet?.stop();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const namespace: Manifest = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'smic-system' } };
const secret = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'smic-system' } });
const versionsOf = async (list: readonly Manifest[]): Promise<readonly unknown[]> => Promise.all(list.map(async (manifest) => (await present(cluster, manifest))?.metadata.generation ?? (await present(cluster, manifest))?.metadata.resourceVersion));
const split = { apiVersion: 'split.smi-spec.io/v1alpha2', kind: 'TrafficSplit', metadata: { name: 'shop', namespace: 'default' }, spec: { service: 'shop', backends: [{ service: 'a', weight: 1 }] } };

test('a dry run in an empty cluster says what would be there, and leaves it empty', async () => {
  const { code, stdout, stderr } = await inCluster(cluster, ['install', '--dry-run']);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'namespace/smic-system created (dry run)\n');
  assert.match(stdout, 'deployment.apps/smic created (dry run)\n');
  assert.match(stderr, 'Nothing was changed.');
  for (const manifest of await printed()) {
    assert.is(await present(cluster, manifest), undefined, manifest.metadata.name);
  }
});

test("a CRD of somebody else's is a conflict that names him, and nothing is changed", async () => {
  const theirs = {
    ...definition('TrafficSplit'),
    spec: {
      group: 'split.smi-spec.io',
      scope: 'Namespaced',
      names: { kind: 'TrafficSplit', listKind: 'TrafficSplitList', plural: 'trafficsplits', singular: 'trafficsplit', shortNames: ['ts'] },
      versions: [{ name: 'v1alpha2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } } }],
    },
  };
  await cluster.client.apply(theirs, { fieldManager: 'osm-bootstrap' });
  await until('a TrafficSplit can be written', async () => cluster.client.create(split).catch(() => undefined));
  const { code, stdout, stderr } = await inCluster(cluster, ['install', '--wait', '0s']);
  assert.is(code, 2);
  assert.is(stdout, '');
  assert.match(stderr, /others own fields of customresourcedefinition\.apiextensions\.k8s\.io\/trafficsplits\.split\.smi-spec\.io: .*osm-bootstrap/);
  assert.match(stderr, '--force-conflicts');
  assert.is(await present(cluster, namespace), undefined);
});

test('who may not do all of it is told what, and nothing is changed', async () => {
  const { code, stdout, stderr } = await runSmic(['install', '--kubeconfig', await cluster.serviceAccountKubeconfig('default', 'default')]);
  assert.equal([code, stdout], [2, '']);
  assert.match(stderr, /error: the API server refuses: .* is forbidden: .* cannot get resource "clusterrolebindings"/);
});

test('it waits for pods that do not come, says which, and has not put the webhooks before them', async () => {
  const { code, stderr } = await inCluster(cluster, ['install', '--wait', '3s', '--force-conflicts']);
  assert.is(code, 2);
  assert.match(stderr, /not ready after 3 s: deployment\.apps\/smic: 0 of 2 pods available; deployment\.apps\/smic-webhook: 0 of 2 pods available/);
  assert.match(stderr, 'The same command goes on from there');
  assert.is(await present(cluster, { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'smic-webhook' } }), undefined);
});

test('with nodes for the pods it comes to its end; the pods are of the standard "restricted"', async () => {
  kubelet = await startKubelet(cluster.client);
  const { code, stdout, stderr } = await inCluster(cluster, ['install']);
  assert.is(code, 0, stderr);
  assert.not.match(stderr, 'Warning');
  assert.match(stdout, 'namespace/smic-system unchanged\n');
  assert.match(stdout, 'mutatingwebhookconfiguration.admissionregistration.k8s.io/smic-webhook created\n');
  assert.match(stderr, /^smic is installed in smic-system: \d+ objects changed\.\n$/);
  const { items } = await cluster.client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'smic-system' });
  assert.is(items.length, 4);
});

test('what somebody else had stored is still there, and can be read in the version that is stored now', async () => {
  const read = await present(cluster, { ...split, apiVersion: 'split.smi-spec.io/v1alpha4' });
  assert.equal(read?.['spec'], split.spec);
  assert.equal(part(await present(cluster, definition('TrafficSplit')), 'status')['storedVersions'], ['v1alpha2', 'v1alpha4']);
});

test('a second time nothing changes, and it says so', async () => {
  const list = [...(await printed()), secret('smic-ca'), secret('smic-webhook-ca')];
  const before = await versionsOf(list);
  const { code, stdout, stderr } = await inCluster(cluster, ['install']);
  assert.is(code, 0, stderr);
  assert.equal(stdout.split('\n').filter((line) => line !== '' && !line.endsWith(' unchanged')), []);
  assert.is(stderr, 'Nothing to do: smic is installed in smic-system, just so.\n');
  assert.equal(await versionsOf(list), before);
});

test('a dry run tells what would change of what is there, and changes nothing', async () => {
  const { code, stdout, stderr } = await inCluster(cluster, ['install', '--dry-run', '--set', 'serverReplicas=5', '--set', 'injectionFailurePolicy=Ignore']);
  assert.is(code, 0, stderr);
  assert.equal(stdout.split('\n').filter((line) => line !== '' && !line.endsWith(' unchanged (dry run)')), ['deployment.apps/smic configured (dry run)', 'mutatingwebhookconfiguration.admissionregistration.k8s.io/smic-webhook configured (dry run)']);
  assert.is(stderr, '2 objects would change. Nothing was changed.\n');
  assert.is((await inCluster(cluster, ['install'])).stderr, 'Nothing to do: smic is installed in smic-system, just so.\n');
});

test('a second installation elsewhere is refused, and uninstalling elsewhere takes nothing away', async () => {
  const second = await inCluster(cluster, ['install', '-n', 'elsewhere', '--force-conflicts']);
  assert.equal([second.code, second.stdout], [2, '']);
  assert.match(second.stderr, 'smic is installed in smic-system already');
  const away = await inCluster(cluster, ['uninstall', '-n', 'elsewhere', '--all', '--yes']);
  assert.equal([away.code, away.stdout], [2, '']);
  assert.match(away.stderr, 'smic is installed in smic-system, not in elsewhere');
  assert.match((await inCluster(cluster, ['check', '--pre', '-n', 'elsewhere'])).stdout, '× smic is installed in no other namespace\n    It is in smic-system');
  assert.is((await inCluster(cluster, ['install'])).stderr, 'Nothing to do: smic is installed in smic-system, just so.\n');
});

test('the printed manifests are what is installed: another manager applies them, and nothing changes but who owns them', async () => {
  for (const manifest of await printed()) {
    const before = await present(cluster, manifest);
    await cluster.client.apply(manifest, { fieldManager: 'gitops' });
    const first = await present(cluster, manifest);
    assert.equal(facts(first), facts(before), manifest.metadata.name);
    const { object } = await cluster.client.apply(manifest, { fieldManager: 'gitops' });
    assert.is(object.metadata.resourceVersion, (await present(cluster, manifest))?.metadata.resourceVersion);
    assert.equal(facts(object), facts(first));
    // It lets go again.
    const { apiVersion, kind, metadata: { name, namespace: own } } = manifest;
    await cluster.client.apply({ apiVersion, kind, metadata: { name, ...(own !== undefined && { namespace: own }) } }, { fieldManager: 'gitops' });
  }
});

test('every kind shows its columns', async () => {
  await cluster.client.apply({ apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'TCPRoute', metadata: { name: 'db', namespace: 'default' }, spec: { matches: { ports: [3306, 3307] } } });
  assert.equal(await rowsOf('specs.smi-spec.io/v1alpha4', 'tcproutes'), [['Name', 'Ports'], ['db', '[3306,3307]']]);
  assert.equal(await rowsOf('split.smi-spec.io/v1alpha4', 'trafficsplits'), [['Name', 'Service'], ['shop', 'shop']]);
  assert.equal(await rowsOf('split.smi-spec.io/v1alpha4', 'trafficsplits', 1), [['Name', 'Service', 'Backends'], ['shop', 'shop', '[{"service":"a","weight":1}]']]);
});

test('every CRD is established, with all its names', async () => {
  for (const { kind } of customResources) {
    const conditions = conditionsOf(await present(cluster, definition(kind)));
    assert.ok(['Established=True', 'NamesAccepted=True'].every((condition) => conditions.includes(condition)), kind);
    assert.not.ok(conditions.includes('NonStructuralSchema=True'), kind);
  }
});

test("another's setting of a field is a conflict, and stays until it is taken over", async () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'smic', namespace: 'smic-system' } };
  await cluster.client.apply({ ...deployment, spec: { replicas: 5 } }, { fieldManager: 'scaler', force: true });
  const refused = await inCluster(cluster, ['install', '--wait', '0s']);
  assert.is(refused.code, 2);
  assert.match(refused.stderr, /deployment\.apps\/smic: \.spec\.replicas \(conflict with scaler\)/);
  const taken = await inCluster(cluster, ['install', '--force-conflicts']);
  assert.is(taken.code, 0, taken.stderr);
  assert.is(part(await present(cluster, deployment), 'spec')['replicas'], 2);
});

test('--cert-manager without cert-manager is refused before anything is done', async () => {
  const { code, stdout, stderr } = await inCluster(cluster, ['install', '--cert-manager']);
  assert.equal([code, stdout], [2, '']);
  assert.match(stderr, 'the cluster has no cert-manager');
});

test('with --ha the autoscaler says how many pods there are; until then there are as many as before', async () => {
  const scaler: Manifest = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'smic', namespace: 'smic-system' } };
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'smic', namespace: 'smic-system' } };
  const highly = await inCluster(cluster, ['install', '--ha', '--wait', '0s']);
  assert.is(highly.code, 0, highly.stderr);
  assert.equal([part(await present(cluster, scaler), 'spec')['minReplicas'], part(await present(cluster, deployment), 'spec')['replicas']], [3, 2]);
  await cluster.client.patch({ ...deployment, ...deployment.metadata }, { spec: { replicas: 4 } }, { fieldManager: 'kube-controller-manager', subresource: 'scale' });
  const again = await inCluster(cluster, ['install', '--ha', '--wait', '0s']);
  assert.is(again.stderr, 'Nothing to do: smic is installed in smic-system, just so.\n');
  assert.is(part(await present(cluster, deployment), 'spec')['replicas'], 4);
  const { code, stdout, stderr } = await inCluster(cluster, ['install', '--wait', '0s', '--force-conflicts']);
  assert.is(code, 0, stderr);
  assert.match(stdout, 'horizontalpodautoscaler.autoscaling/smic deleted\n');
  assert.equal([await present(cluster, scaler), part(await present(cluster, deployment), 'spec')['replicas']], [undefined, 2]);
});

test('with --cert-manager it keeps the certificate, and the API server has its CA from it; what it needs goes when it is left out', async () => {
  for (const [plural, kind] of [['issuers', 'Issuer'], ['certificates', 'Certificate']] as const) {
    const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const names = { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() };
    await cluster.client.apply({ ...definition('TrafficSplit'), metadata: { name: `${plural}.cert-manager.io` }, spec: { group: 'cert-manager.io', scope: 'Namespaced', names, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } }] } });
  }
  const certificate: Manifest = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'smic-webhook-certificate', namespace: 'smic-system' } };
  await until('cert-manager is there', async () => cluster.client.find(certificate));
  const webhooks = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'smic-webhook' } };
  const caBundle = /"caBundle":"([^"]+)"/.exec(JSON.stringify(await present(cluster, webhooks)))?.[1];
  assert.ok(caBundle);
  const withIt = await inCluster(cluster, ['install', '--cert-manager', '--wait', '0s']);
  assert.is(withIt.code, 0, withIt.stderr);
  assert.ok(await present(cluster, certificate));
  assert.is((await present(cluster, webhooks))?.metadata.annotations?.['cert-manager.io/inject-ca-from'], 'smic-system/smic-webhook-certificate');
  // Its injector is a manager of its own: what it writes stays.
  assert.not.match(JSON.stringify(await present(cluster, webhooks)), '"caBundle":"');
  await cluster.client.patch({ ...webhooks, ...webhooks.metadata }, [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: caBundle }], { fieldManager: 'cert-manager-cainjector' });
  assert.is((await inCluster(cluster, ['install', '--cert-manager', '--wait', '0s'])).stderr, 'Nothing to do: smic is installed in smic-system, just so.\n');
  assert.match(JSON.stringify(await present(cluster, webhooks)), '"caBundle":"');
  const without = await inCluster(cluster, ['install', '--wait', '0s', '--force-conflicts']);
  assert.is(without.code, 0, without.stderr);
  assert.match(without.stdout, 'certificate.cert-manager.io/smic-webhook-certificate deleted\n');
});

test("a stranger's CA is refused; the next step of a rotation is taken", async () => {
  const other = join(folder, 'other');
  assert.is((await runSmic(['ca', 'init', other])).code, 0);
  const { code, stderr } = await inCluster(cluster, ['install', '--wait', '0s', '--ca', other]);
  assert.is(code, 2);
  assert.match(stderr, 'does not trust the one that signs in the cluster');

  const ours = join(folder, 'ours');
  mkdirSync(ours, { mode: 0o700 });
  for (const [name, content] of Object.entries(await filesInCluster())) {
    writeFileSync(join(ours, name), content, { mode: 0o600 });
  }
  const carryOver = async (): Promise<void> => {
    const installed = await inCluster(cluster, ['install', '--wait', '0s', '--ca', ours]);
    assert.is(installed.code, 0, installed.stderr);
    assert.match(installed.stdout, 'secret/smic-ca configured\n');
    // Of the keys only that which signs.
    assert.equal(await filesInCluster(), sorted(await readFilesOf(ours)));
  };
  const roots = async (): Promise<number> => {
    const bundle = await present(cluster, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'smic-trust-bundle', namespace: 'smic-system' } });
    return JSON.stringify(bundle?.['data']).split('BEGIN CERTIFICATE').length - 1;
  };
  const added = await makeRoot('ecdsa', 3650, systemClock);
  await changeState(ours, (state) => trustAlso(state, parseAuthority(added).id), added);
  await carryOver();
  assert.is(await roots(), 2);
  await changeState(ours, signWithNew);
  await carryOver();
  await changeState(ours, dropOld);
  await carryOver();
  // Neither the old root's key nor its certificate is left there.
  assert.is(Object.keys(await filesInCluster()).length, 3);
  assert.is(await roots(), 1);
});

test('without a terminal and without --yes nothing is deleted', async () => {
  const { code, stdout, stderr } = await inCluster(cluster, ['uninstall']);
  assert.equal([code, stdout], [2, '']);
  assert.match(stderr, 'there is nobody to ask');
  const dry = await inCluster(cluster, ['uninstall', '--dry-run']);
  assert.is(dry.code, 0);
  assert.match(dry.stdout, /^validatingwebhookconfiguration\.admissionregistration\.k8s\.io\/smic-webhook deleted \(dry run\)\n/);
  assert.ok(await present(cluster, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'smic', namespace: 'smic-system' } }));
});

test("uninstalling leaves policy, CRDs and the mesh's CA; installing again goes on with them", async () => {
  const ca = (await present(cluster, secret('smic-ca')))?.['data'];
  const { code, stdout, stderr } = await inCluster(cluster, ['uninstall', '--yes']);
  assert.is(code, 0, stderr);
  assert.not.match(stdout, /customresourcedefinition|namespace\//);
  for (const manifest of (await printed(['--ha'])).filter(({ kind }) => kind !== 'CustomResourceDefinition' && kind !== 'Namespace')) {
    assert.is(await present(cluster, manifest), undefined, `${manifest.kind} ${manifest.metadata.name}`);
  }
  assert.ok(await present(cluster, split));
  assert.is((await inCluster(cluster, ['install', '--wait', '0s'])).code, 0);
  assert.equal((await present(cluster, secret('smic-ca')))?.['data'], ca);
});

test('--all deletes policy too, and then there is nothing left to do', async () => {
  const { code, stdout } = await inCluster(cluster, ['uninstall', '--all', '--yes']);
  assert.is(code, 0);
  assert.match(stdout, 'namespace/smic-system deleted\n');
  const again = await inCluster(cluster, ['install', '--wait', '0s']);
  assert.is(again.code, 2);
  assert.match(again.stderr, 'is being deleted');
  for (const { kind } of customResources) {
    assert.match(stdout, `${definition(kind).metadata.name} deleted\n`);
  }
});

installation.run();

/** What the Secret of the mesh's CA holds. */
async function filesInCluster(): Promise<Readonly<Record<string, string>>> {
  const data = (await present(cluster, secret('smic-ca')))?.['data'] as Readonly<Record<string, string>>;
  return sorted(Object.fromEntries(Object.entries(data).map(([name, content]) => [name, Buffer.from(content, 'base64').toString()])));
}

function sorted(files: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function part(object: KubeObject | undefined, name: 'spec' | 'status'): Readonly<Record<string, unknown>> {
  return (object?.[name] ?? {}) as Readonly<Record<string, unknown>>;
}

function conditionsOf(object: KubeObject | undefined): readonly string[] {
  const { conditions } = (object?.['status'] ?? {}) as { readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null };
  return (conditions ?? []).map(({ type, status }) => `${type}=${status}`);
}

/** What an object says, without who owns it and when it was written. A status has its own pace. */
function facts(object: KubeObject | undefined): unknown {
  const { managedFields: _owners, resourceVersion: _version, ...metadata } = object?.metadata ?? { name: '' };
  return { ...object, metadata, status: undefined };
}

async function rowsOf(apiVersion: string, plural: string, priority = 0): Promise<readonly (readonly unknown[])[]> {
  const response = await askForTable(cluster, `/apis/${apiVersion}/namespaces/default/${plural}`);
  const shown = response.columnDefinitions.flatMap(({ name, priority: width }, index) => (name !== 'Age' && width <= priority ? [index] : []));
  const pick = (cells: readonly unknown[]): readonly unknown[] => shown.map((index) => cells[index]);
  return [pick(response.columnDefinitions.map(({ name }) => name)), ...response.rows.map(({ cells }) => pick(cells))];
}
