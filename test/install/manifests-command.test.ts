import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runSmic } from '../cli/run-smic.ts';

const folder = mkdtempSync(join(tmpdir(), 'smic-manifests-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

test('manifests are data, and what is missing in them is said beside them', async () => {
  const { code, stdout, stderr } = await runSmic(['manifests']);
  assert.is(code, 0);
  assert.match(stdout, /^---\napiVersion: v1\nkind: Namespace\n/);
  assert.match(stderr, /^note: the webhook configurations have no caBundle/);
  assert.is((await runSmic(['manifests'])).stdout, stdout);
  assert.is((await runSmic(['manifests', '--cert-manager'])).stderr, '');
});

test("--ca-bundle takes a CA's certificate and nothing else", async () => {
  const file = join(folder, 'ca.pem');
  const ca = await runSmic(['ca', 'init', join(folder, 'ca')]);
  assert.is(ca.code, 0, ca.stderr);
  writeFileSync(file, (await runSmic(['ca', 'show', join(folder, 'ca'), '-o', 'pem'])).stdout);
  const { code, stdout, stderr } = await runSmic(['manifests', '--ca-bundle', file]);
  assert.equal([code, stderr], [0, '']);
  const found = [...stdout.matchAll(/caBundle: (\S+)/g)].map(([, text = '']) => Buffer.from(text, 'base64').toString());
  assert.equal(found, Array(3).fill(readFileSync(file, 'utf8')));

  await runSmic(['ca', 'issue', join(folder, 'ca'), '--identity', 'spiffe://cluster.local/ns/a/sa/b', '--out', join(folder, 'leaf')]);
  for (const [path, words] of [[join(folder, 'leaf', 'tls.crt'), "was issued by another"], [join(folder, 'leaf', 'tls.key'), 'there is no certificate'], [join(folder, 'nothing'), 'no such file']] as const) {
    const refused = await runSmic(['manifests', '--ca-bundle', path]);
    assert.equal([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, words);
  }
  assert.match((await runSmic(['manifests', '--ca-bundle', file, '--cert-manager'])).stderr, 'cannot be used with');
});

test('a setting that does not exist, or cannot be, ends it before anything is printed', async () => {
  const misspelt = await runSmic(['manifests', '--set', 'serverReplica=3']);
  assert.equal([misspelt.code, misspelt.stdout], [2, '']);
  assert.is(misspelt.stderr, 'error: there is no setting "serverReplica"\n  Did you mean "serverReplicas"?\n');
  assert.match((await runSmic(['manifests', '--image', 'A B'])).stderr, 'image cannot be "A B"');
});

test('the short flags are the settings of the same names', async () => {
  const long = await runSmic(['manifests', '--set', 'namespace=mesh', '--set', 'image=mirror/smic:2']);
  assert.is((await runSmic(['manifests', '-n', 'mesh', '--image', 'mirror/smic:2'])).stdout, long.stdout);
});

test.run();
