// The running webhook behind the CRDs that are installed, asked by a real API server: of everything that the compiler is tested with, the
// cluster takes what the compiler takes, and refuses with its codes what it refuses.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/index.ts';
import { kinds } from '../../compiler/resources/kinds.ts';
import { customResourceDefinition } from '../../install/custom-resource-definition.ts';
import { customResources } from '../../install/custom-resources.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { NewObject } from '../../server/kubernetes/client/kube-object.ts';
import { createLog } from '../../server/log.ts';
import { defaultSettings } from '../../webhook/inject/mesh-settings.ts';
import { type RunningWebhook, startWebhook } from '../../webhook/start-webhook.ts';
import { root } from '../cli/run-smic.ts';
import { clusterObjects } from '../compiler/support/cluster-objects.ts';
import { type GoldenCase, goldenCases } from '../goldens/golden-case.ts';
import { reporting } from '../mesh/reporting.ts';
import { makeTestCa, type TestCa } from '../server/support/test-ca.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { validating } from './admission-objects.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Cluster, startCluster } from './start-cluster.ts';
import { testerToken } from './support/tester-token.ts';

const validation = suite('validation');
const test = missingForCluster() === undefined ? validation : validation.skip;
const mesh = { meshName: 'osm', meshNamespace: 'osm-system', trustDomain: 'cluster.local', clusterDomain: 'cluster.local' };
const loopback = { host: '127.0.0.1', port: 0 };
const warnings: string[] = [];
let cluster: Cluster;
let client: KubeClient;
let ca: TestCa;
let webhook: RunningWebhook | undefined;

/** Errors about what isn't there yet: warnings here. */
const mayComeLater = new Set(['SMIC3102', 'SMIC3104', 'SMIC3105', 'SMIC4002', 'SMIC4004', 'SMIC4007']);
const served = new Set(customResources.flatMap(({ group, kind, served: versions }) => versions.map((version) => `${group}/${version} ${kind}`)));
const policies = (objects: readonly NewObject[]): readonly NewObject[] => objects.filter(({ apiVersion, kind }) => served.has(`${apiVersion} ${kind}`));

validation.before(
  reporting(async () => {
    if (test !== validation) return;
    ca = await makeTestCa();
    // The addresses that Services have in the fixtures.
    cluster = await startCluster({ serviceRange: '10.96.0.0/16' });
    client = cluster.clientWith(await testerToken(cluster), (warning) => warnings.push(warning));
    for (const resource of customResources) await client.apply(customResourceDefinition(resource, {}));
    webhook = await startWebhook({
      client: cluster.client,
      certificate: { ca: ca.folder, dnsNames: ['localhost'] },
      address: loopback,
      adminAddress: loopback,
      settings: async () => ({ ...defaultSettings, trustBundle: ca.issuer.trustBundle() }),
      mesh,
      log: createLog('error', { write: () => {} }),
    });
    await waitFor(() => webhook?.isReady());
    await client.create(validating({ url: `https://localhost:${webhook.address.port}`, caBundle: ca.issuer.trustBundle() }));
    // What is asked of it at all takes some milliseconds.
    await joined('first');
    const bad = { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup', metadata: { name: 'bad', namespace: 'first' }, spec: { matches: [{ name: 'all', pathRegex: '(' }] } };
    await waitFor(async () => (await answer(bad)).refusal?.includes('SMIC3001: '));
  }),
);

validation.after(async () => {
  await webhook?.close();
  client?.close();
  await cluster?.stop();
  ca?.remove();
});

/** What becomes of an object that somebody applies, in a dry run. */
async function answer(object: NewObject): Promise<{ readonly refusal?: string; readonly warnings: readonly string[] }> {
  warnings.length = 0;
  try {
    await client.apply(object, { dryRun: true, fieldManager: 'user' });
    return { warnings: [...warnings] };
  } catch (error) {
    if (error instanceof ApiError) return { refusal: error.message, warnings: [...warnings] };
    throw error;
  }
}

/** The webhook hears a moment later of what is around the object: the answer that is expected, or else the last of many. */
async function settled(object: NewObject, isRefused: boolean, codes: readonly string[]): ReturnType<typeof answer> {
  for (let turn = 0; ; turn += 1) {
    const found = await answer(object);
    const isExpected = (found.refusal !== undefined) === isRefused && codes.every((code) => hears(found.refusal, found.warnings, code));
    if (isExpected || turn === 50) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function namespace(name: string): NewObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'openservicemesh.io/monitored-by': 'osm' } } };
}

async function joined(name: string): Promise<void> {
  await client.apply(namespace(name), { force: true });
}

function placed(object: NewObject): NewObject {
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? 'default' } };
}

test('every example of the schemas and of the documentation is admitted', async () => {
  const schemas = readdirSync(join(root, 'schemas')).filter((name) => name.endsWith('.schema.json'));
  const examples = schemas.flatMap((name) => (JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')) as { readonly examples?: readonly NewObject[] }).examples ?? []);
  const pages = [...readdirSync(join(root, 'docs')).map((name) => join(root, 'docs', name)), join(root, 'README.md')].filter((path) => path.endsWith('.md'));
  const blocks = pages.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/```ya?ml\n([\s\S]*?)```/g)].map(([, text = ''], index) => ({ name: `${path} ${index}`, text })));
  const written = blocks.flatMap((block) => clusterObjects([block]) ?? []).filter((object) => kinds[`${object.apiVersion} ${object.kind}`]?.validate(object) === true);
  const objects = policies([...examples, ...(written as readonly unknown[] as readonly NewObject[])]).map(placed);
  assert.ok(objects.length >= customResources.length);
  for (const object of objects) {
    await joined(object.kind === 'MeshConfig' ? mesh.meshNamespace : object.metadata.namespace ?? '');
    const { refusal } = await answer(object.kind === 'MeshConfig' ? { ...object, metadata: { ...object.metadata, namespace: mesh.meshNamespace } } : object);
    assert.is(refusal, undefined, JSON.stringify(object));
  }
});

/** Cases that a cluster can hold: as users write them, compiled as by default. */
function clusterCases(): readonly GoldenCase[] {
  return goldenCases('').filter(({ options, files }) => Object.keys(options).length === 0 && clusterObjects(files) !== undefined);
}

/** Puts the objects around policy into the cluster. Gives those that it takes, also the namespaces that the case doesn't describe. */
async function surround(objects: readonly NewObject[]): Promise<readonly NewObject[]> {
  const described = objects.filter(({ kind }) => kind === 'Namespace');
  const names = new Set(objects.map(({ metadata: { namespace = 'default' } }) => namespace));
  const silent = [...names].filter((name) => !described.some(({ metadata }) => metadata.name === name)).map(namespace);
  const others = objects.filter(({ kind }) => kind === 'ServiceAccount' || kind === 'Service' || kind === 'Deployment').map(placed);
  const taken: NewObject[] = [];
  for (const object of [...silent, ...described, ...others]) {
    if (await client.apply(object, { force: true }).catch(refused)) taken.push(object);
  }
  return taken;
}

function refused(error: unknown): undefined {
  if (!(error instanceof ApiError)) throw error;
}

/** What `smic lint` calls an error: `code kind/name` each. */
function errorsOf(objects: readonly NewObject[]): readonly string[] {
  const { diagnostics } = compile([{ name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }]);
  return diagnostics.filter(({ level }) => level === 'error').map(({ code, object }) => `${code} ${object?.kind}/${object?.name}`);
}

async function remove({ apiVersion, kind, metadata: { name = '', namespace = 'default' } }: NewObject): Promise<void> {
  await client.delete({ apiVersion, kind, name, namespace });
}

for (const { name, files } of clusterCases()) {
  const objects = (clusterObjects(files) ?? []) as readonly unknown[] as readonly NewObject[];
  // What is wrong with other objects isn't asked here, and the API server wouldn't hold them.
  const wrong = errorsOf(objects);
  if (wrong.length === 0 || errorsOf(objects.filter((object) => policies([object]).length === 0)).length > 0) continue;
  test(`${name}: what is wrong is refused with its code, or warned of where it may be mended by what comes next`, async () => {
    const around = await surround(objects);
    const stored: NewObject[] = [];
    const said = new Set<string>();
    for (const object of policies(objects).map(placed)) {
      const before = errorsOf([...around, ...stored]);
      const fresh = errorsOf([...around, ...stored, object]).filter((error) => !before.includes(error)).map((error) => error.slice(0, 8));
      const fatal = fresh.filter((code) => !mayComeLater.has(code));
      const { refusal, warnings: heard } = await settled(object, fatal.length > 0, fresh);
      const answered = JSON.stringify({ object, fresh, refusal, heard }, undefined, 1);
      assert.is(refusal !== undefined, fatal.length > 0, answered);
      // What a structural schema can say, the API server says before it asks.
      const isJudged = refusal === undefined || refusal.includes('admission webhook');
      if (isJudged) assert.equal(fresh.filter((code) => !hears(refusal, heard, code)), [], answered);
      for (const code of fresh) said.add(code);
      if (refusal === undefined) stored.push((await client.apply(object)).object);
    }
    const ofPolicies = policies(objects).flatMap(({ kind, metadata }) => wrong.filter((error) => error.endsWith(` ${kind}/${metadata.name}`)).map((error) => error.slice(0, 8)));
    assert.equal(ofPolicies.filter((code) => !said.has(code) && !mayComeLater.has(code)), []);
    for (const object of [...stored, ...around.filter(({ kind }) => kind !== 'Namespace')]) await remove(object);
  });
}

/** Whether a code is in the refusal, or in the warnings, of which no more than seven are shown. */
function hears(refusal: string | undefined, heard: readonly string[], code: string): boolean {
  return [refusal ?? '', ...heard].some((text) => text.includes(`${code}: `)) || heard.length > 7;
}

validation.run();
