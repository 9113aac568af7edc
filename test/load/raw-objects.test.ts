import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCollector } from '../../compiler/diagnostics/collector.ts';
import { load } from '../../compiler/load/load.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';

interface Result {
  /** `apiVersion kind name @path` of each object. */
  readonly objects: readonly string[];
  /** `code line:column message` of each finding. */
  readonly findings: readonly string[];
  readonly fixes: readonly string[];
}

function read(text: string): Result {
  const collector = createCollector();
  const raw = rawObjects(load([{ name: 'a.yaml', text }], collector), collector);
  return {
    objects: raw.map(({ apiVersion, kind, value, origin }) => {
      const { name } = (value['metadata'] ?? {}) as { name?: unknown };
      return `${apiVersion} ${kind} ${String(name)} @${origin.path.join('/')}`;
    }),
    findings: collector.diagnostics.map(({ code, place, message }) => `${code} ${place?.line}:${place?.column} ${message}`),
    fixes: collector.diagnostics.map(({ fix }) => fix),
  };
}

const service = (name: string): string => `{apiVersion: v1, kind: Service, metadata: {name: ${name}}}`;

test('objects, alone and in Lists of Lists', () => {
  const text = `${service('a')}\n---\napiVersion: v1\nkind: List\nitems:\n- ${service('b')}\n- apiVersion: v1\n  kind: ServiceList\n  items:\n  - ${service('c')}\n  metadata: {}\n`;
  assert.equal(read(text), { objects: ['v1 Service a @', 'v1 Service b @items/0', 'v1 Service c @items/1/items/0'], findings: [], fixes: [] });
});

test('empty Lists, and kinds that are no List for all their name', () => {
  assert.equal(read('{apiVersion: v1, kind: List, items: []}\n---\n{apiVersion: v1, kind: PodList, items: null}\n'), { objects: [], findings: [], fixes: [] });
  assert.equal(read('{apiVersion: example.com/v1, kind: AllowList, metadata: {name: a}, spec: {}, items: []}').objects, ['example.com/v1 AllowList a @']);
});

test('Lists without a list', () => {
  assert.equal(read('{apiVersion: v1, kind: List}').findings, ['SMIC1025 1:1 This List has no "items".']);
  assert.equal(read('apiVersion: v1\nkind: List\nitems: {}\n').findings, ['SMIC1025 3:8 "items" of this List is a mapping, not a list.']);
});

test('an item that says neither apiVersion nor kind has those of its typed List, as in kubectl', () => {
  const { objects, findings } = read(`apiVersion: v1\nkind: ServiceList\nitems:\n- metadata: {name: a}\n- 7\n- kind: Pod\n  metadata: {name: b}\n- ${service('c')}\n`);
  assert.equal(objects, ['v1 Service a @items/0', 'v1 Service c @items/3']);
  assert.equal(findings, ['SMIC1020 5:3 An item of a List is a number, not a mapping.', 'SMIC1021 6:3 This Pod "b" has no "apiVersion".']);
  assert.equal(read('apiVersion: v1\nkind: List\nitems:\n- metadata: {name: a}\n').findings, ['SMIC1020 4:3 This object "a" has neither "apiVersion" nor "kind".']);
});

test('documents that are no objects', () => {
  assert.equal(read('- a\n').findings, ['SMIC1020 1:1 This document is a list, not a mapping.']);
  assert.equal(read('hello\n').findings, ['SMIC1020 1:1 This document is a text, not a mapping.']);
  assert.equal(read('# values\nreplicas: 3\n').findings, ['SMIC1020 2:1 This object has neither "apiVersion" nor "kind".']);
});

test('apiVersion and kind', () => {
  const misspelt = read('apiversion: v1\nkind: Service\nmetadata: {name: a}\n');
  assert.equal(misspelt.findings, ['SMIC1021 1:1 This Service "a" has no "apiVersion".']);
  assert.equal(misspelt.fixes, ['"apiversion" stands here: did you mean "apiVersion"?']);
  assert.equal(read('apiVersion: 1\nkind: Service\nmetadata: {name: a}\n').findings, ['SMIC1021 1:13 "apiVersion" is a number, not a text.']);
  assert.equal(read('apiVersion: v1\nkind: ""\nmetadata: {name: a}\n').findings, ['SMIC1022 2:7 "kind" is empty, not a text.']);
  assert.equal(read('apiVersion: v1\nmetadata: {name: a}\n').findings, ['SMIC1022 1:1 This object "a" has no "kind".']);
});

test('metadata and its name', () => {
  assert.equal(read('apiVersion: v1\nkind: Service\n').findings, ['SMIC1023 1:1 This Service has no "metadata".']);
  assert.equal(read('apiVersion: v1\nkind: Service\nmetadata: []\n').findings, ['SMIC1023 3:11 "metadata" of this Service is a list, not a mapping.']);
  assert.equal(read('apiVersion: v1\nkind: Service\nmetadta: {name: a}\n').fixes, ['"metadta" stands here: did you mean "metadata"?']);
  assert.equal(read('apiVersion: v1\nkind: Service\nmetadata:\n  namespace: b\n').findings, ['SMIC1024 3:1 This Service has no "metadata.name".']);
  assert.equal(read('apiVersion: v1\nkind: Service\nmetadata:\n  Name: b\n').fixes, ['"Name" stands here: did you mean "name"?']);
  assert.equal(read('apiVersion: v1\nkind: Service\nmetadata:\n  name: 12\n').findings, ['SMIC1024 4:9 "metadata.name" of this Service is a number, not a text.']);
});

test('generateName names pods and jobs, nothing else', () => {
  const text = (kind: string): string => `apiVersion: v1\nkind: ${kind}\nmetadata:\n  generateName: a-\n`;
  assert.equal(read(text('Pod')), { objects: ['v1 Pod a @'], findings: [], fixes: [] });
  assert.equal(read(text('Service')).findings, ['SMIC1024 4:17 This Service has a "generateName" but no "metadata.name".']);
});

test('kinds that smic skips need no metadata', () => {
  assert.equal(read('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n'), { objects: ['kustomize.config.k8s.io/v1beta1 Kustomization undefined @'], findings: [], fixes: [] });
});

test.run();
