// What the CRDs let in, judged by a real API server against the compiler's own validators.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { kinds } from '../../compiler/resources/kinds.ts';
import { customResources } from '../../install/custom-resources.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { NewObject } from '../../server/kubernetes/client/kube-object.ts';
import { root } from '../cli/run-smic.ts';
import { goldenCases } from '../goldens/golden-case.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { inCluster, present } from './installing.ts';
import { type Cluster, startCluster } from './start-cluster.ts';

const admission = suite('admission');
const test = missingForCluster() === undefined ? admission : admission.skip;

let cluster: Cluster;

admission.before(reporting(async () => {
  if (test !== admission) return;
  cluster = await startCluster();
  // Nobody waits for pods here; without the webhooks what answers is the schema alone.
  const { code, stderr } = await inCluster(cluster, ['install', '--wait', '0s']);
  assert.is(code, 0, stderr);
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    await cluster.client.delete({ apiVersion: 'admissionregistration.k8s.io/v1', kind, name: 'smic-webhook' });
  }
}));

admission.after(async () => cluster?.stop());

const served = new Set(customResources.flatMap(({ group, kind, served: versions }) => versions.map((version) => `${group}/${version} ${kind}`)));
const keyOf = ({ apiVersion, kind }: NewObject): string => `${apiVersion} ${kind}`;

/** Why the API server refuses the object; undefined: it would take it. */
async function refusal(object: NewObject): Promise<string | undefined> {
  const placed = { ...object, metadata: { ...object.metadata, namespace: 'default' } };
  try {
    await cluster.client.apply(placed, { dryRun: true, fieldManager: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}

/** Objects of versions that are served, in texts that are YAML. */
function objectsIn(texts: readonly string[]): readonly NewObject[] {
  return texts.flatMap((text) =>
    parseAllDocuments(text, { logLevel: 'silent', uniqueKeys: false })
      .filter(({ errors }) => errors.length === 0)
      .map(valueOf)
      .filter((object): object is NewObject => typeof object === 'object' && object !== null && typeof object.metadata?.name === 'string' && served.has(keyOf(object))),
  );
}

/** Undefined for what no reader of YAML should unfold. */
function valueOf(document: { toJS(): unknown }): NewObject | undefined {
  try {
    return document.toJS() as NewObject;
  } catch {
    return undefined;
  }
}

function examples(): readonly NewObject[] {
  return readdirSync(join(root, 'schemas'))
    .filter((name) => name.endsWith('.schema.json'))
    .flatMap((name) => (JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8')) as { readonly examples?: readonly NewObject[] }).examples ?? [])
    .filter((object) => served.has(keyOf(object)));
}

test('every example of the schemas is admitted', async () => {
  assert.ok(examples().length >= customResources.length);
  for (const object of examples()) {
    assert.is(await refusal(object), undefined, keyOf(object));
  }
});

test('every example of the documentation is admitted', async () => {
  const pages = [...readdirSync(join(root, 'docs')).map((name) => join(root, 'docs', name)), join(root, 'README.md')].filter((path) => path.endsWith('.md'));
  const blocks = pages.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/```ya?ml\n([\s\S]*?)```/g)].map(([, text = '']) => text));
  for (const object of objectsIn(blocks).filter(isValid)) {
    assert.is(await refusal(object), undefined, JSON.stringify(object));
  }
});

test('of all fixtures, the API server takes what the compiler takes, and refuses what it refuses, but for what a structural schema cannot say', async () => {
  const files = new Set(goldenCases().flatMap(({ files: list }) => list.map(({ name }) => name)));
  const objects = objectsIn([...files].filter((name) => existsSync(name)).map((name) => readFileSync(name, 'utf8')));
  const [good, bad] = [objects.filter(isValid), objects.filter((object) => !isValid(object))];
  assert.ok(good.length > 100 && bad.length > 10, `${good.length} good and ${bad.length} bad ones`);
  for (const object of good.filter(hasPlainName)) {
    assert.is(await refusal(object), undefined, JSON.stringify(object));
  }
  for (const object of bad) {
    const words = await refusal(object);
    assert.ok(words !== undefined || hasOddHeaders(object), `it was taken: ${JSON.stringify(object)}`);
  }
});

for (const [form, headers] of [
  ['a mapping', { 'x-tenant': 'a', cookie: 'b' }],
  ['a list of mappings', [{ 'x-tenant': 'a' }, { cookie: 'b' }]],
] as const) {
  test(`headers as ${form} are stored as they were written`, async () => {
    const group = { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup', metadata: { name: form.replaceAll(' ', '-'), namespace: 'default' }, spec: { matches: [{ name: 'm', headers }] } };
    await cluster.client.apply(group);
    assert.equal((await present(cluster, group))?.['spec'], group.spec);
  });
}

test('a field that a kind does not have is refused', async () => {
  const [example] = examples();
  assert.match((await refusal({ ...(example as NewObject), surplus: 1 })) ?? '', 'surplus');
});

test('versions that could not be written back without a loss that opens something are not served', async () => {
  for (const { group, kind, unserved } of customResources) {
    for (const version of unserved) {
      assert.is(await cluster.client.find({ apiVersion: `${group}/${version}`, kind }), undefined, `${kind} ${version}`);
    }
  }
});

admission.run();

function isValid(object: NewObject): boolean {
  return kinds[keyOf(object)]?.validate(object) === true;
}

/** The API server has rules for names, which are not the schemas'. */
function hasPlainName({ metadata: { name = '', labels, annotations } }: NewObject): boolean {
  return /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(name) && [labels, annotations].every((map) => map === undefined || map === null || Object.values(map).every((value) => typeof value === 'string'));
}

/** All that is wrong is in the headers, which a structural schema leaves open. */
function hasOddHeaders(object: NewObject): boolean {
  return isValid(JSON.parse(JSON.stringify(object, (key, value: unknown) => (key === 'headers' ? undefined : value))) as NewObject);
}
