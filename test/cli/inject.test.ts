import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { type Result, runSmic } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const pod = (name: string, more = ''): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec:\n  containers:\n    - name: app\n      image: x\n${more}`;

function inject(text: string, ...flags: readonly string[]): Promise<Result> {
  return runSmic(['inject', '-', ...flags], { stdin: text });
}

test('YAML in, YAML out: data on standard output, words on standard error', async () => {
  const { code, stdout, stderr } = await inject(pod('web'));
  assert.is(code, 0);
  assert.match(stdout, /^apiVersion: v1\nkind: Pod\n/);
  assert.match(stdout, '- name: envoy\n');
  assert.is(stderr, 'Pod/shop/web: injected\n1 injected, 0 not, 0 refused\n');
});

test('what it printed it takes again, and changes nothing', async () => {
  const first = await inject(pod('web'));
  const second = await inject(first.stdout);
  assert.is(second.stdout, first.stdout);
  assert.is(second.stderr, 'Pod/shop/web: not injected\n0 injected, 1 not, 0 refused\n');
});

test('input without anything to inject comes out as it went in, byte for byte', async () => {
  const text = '%YAML 1.2\n---\n# nothing\r\na:   [1,\n  2]\n...\n---\nb: "x"   # end';
  const { code, stdout } = await inject(text);
  assert.is(code, 0);
  assert.is(stdout, text);
});

test('document markers stay between documents, whatever stands there', async () => {
  const { stdout } = await inject(`${pod('a')}...\n${pod('b')}--- # c\n${pod('c')}`);
  const names = parseAllDocuments(stdout).map((document) => document.toJS().metadata.name);
  assert.equal(names, ['a', 'b', 'c']);
  assert.is(stdout.match(/- name: envoy\n/g)?.length, 3);
});

test("lists: of anything, and the API server's own, whose items don't say what they are", async () => {
  const item = '- metadata: {name: a, namespace: shop}\n  spec: {containers: [{name: app, image: x}]}\n';
  const { stdout, stderr } = await inject(`apiVersion: v1\nkind: PodList\nitems:\n${item}---\napiVersion: v1\nkind: List\nitems:\n${item}- apiVersion: v1\n  kind: Pod\n${item.replace('- ', '  ').replace('name: a', 'name: b')}`);
  assert.is(stderr, 'Pod/shop/a: injected\nPod/shop/b: injected\n2 injected, 0 not, 0 refused\n');
  assert.is(stdout.match(/- name: envoy\n/g)?.length, 2);
});

test('several files become one stream; an artifact among them is left out', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'a.yaml'), pod('a').trimEnd());
    writeFileSync(join(folder, 'b.yaml'), `---\n${pod('b')}`);
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' }, spec: { containers: [{ name: 'app', image: 'x' }] } }));
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'readme.txt'), 'not read');
    const { code, stdout } = await runSmic(['inject', folder]);
    assert.is(code, 0);
    assert.equal(parseAllDocuments(stdout).map((document) => document.toJS().metadata.name), ['a', 'b', 'c']);
  });
});

test('one refused pod: nothing is printed, and the exit code says no', async () => {
  const { code, stdout, stderr } = await inject(`${pod('good')}---\n${pod('bad', '      securityContext: {runAsUser: 1500}\n')}`);
  assert.equal([code, stdout], [1, '']);
  assert.match(stderr, /^<stdin>:9: Pod\/shop\/bad: refused: .*user 1500/m);
  assert.match(stderr, '1 injected, 0 not, 1 refused: nothing is printed\n');
});

test('input that cannot be read, or is no YAML, or whose MeshConfig is wrong', async () => {
  assert.is((await runSmic(['inject', 'no-such-file.yaml'])).code, 2);
  assert.is((await runSmic(['inject'])).code, 2);
  const broken = await inject('a: [1');
  assert.equal([broken.code, broken.stdout], [1, '']);
  const config = 'apiVersion: config.openservicemesh.io/v1alpha2\nkind: MeshConfig\nmetadata: {name: c, namespace: osm-system}\nspec: {traffic: {outboundIPRangeExclusionList: [x]}}\n---\n';
  const wrong = await inject(config + pod('web'));
  assert.equal([wrong.code, wrong.stdout], [1, '']);
  assert.match(wrong.stderr, 'SMIC6007');
});

test('without any input it says what to give to it, and not to another command', async () => {
  const { code, stdout, stderr } = await runSmic(['inject']);
  assert.equal([code, stdout], [2, '']);
  assert.is(stderr, 'error: there is nothing to read\n  Name files or folders, or - for standard input: `smic inject deployment.yaml`.\n');
});

test("another policy's faults are for smic lint", async () => {
  const { code } = await inject(`apiVersion: split.smi-spec.io/v1alpha2\nkind: TrafficSplit\nmetadata: {name: s}\nspec: {}\n---\n${pod('web')}`);
  assert.is(code, 0);
});

test('patches: a line for each workload', async () => {
  const { stdout } = await inject(`${pod('web')}---\n${pod('host', '  hostNetwork: true\n')}`, '--as-patch');
  const [first, second, end] = stdout.split('\n');
  assert.ok((JSON.parse(first ?? '') as { path: string }[]).some(({ path }) => path === '/spec/initContainers'));
  assert.equal([second, end], ['[]', '']);
});

test('wrong flags', async () => {
  for (const flags of [['--kubernetes-version', 'new'], ['--native-sidecars', 'maybe'], ['--namespace', 'A'], ['--trust-bundle', 'no-such-file']]) {
    const { code, stdout } = await inject(pod('web'), ...flags);
    assert.equal([code, stdout], [2, ''], flags.join(' '));
  }
});

test('a trust bundle that is more, or none, is not put into pods', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const text of ['nothing', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n']) {
      writeFileSync(join(folder, 'ca.crt'), text);
      const { code, stderr } = await inject(pod('web'), '--trust-bundle', join(folder, 'ca.crt'));
      assert.is(code, 2);
      assert.match(stderr, 'holds no certificates, or more than certificates');
    }
  });
});

test.run();
