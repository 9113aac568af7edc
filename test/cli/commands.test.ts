import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchesGolden } from './golden-text.ts';
import { root, runSmic, type Setting } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const version: string = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** What a user sees of each command line, in test/cli/fixtures/commands/<name>.txt: the exit code, stdout and stderr apart. */
const golden: Readonly<Record<string, { readonly args: readonly string[]; readonly code: number; readonly stdin?: string }>> = {
  'no-command': { args: [], code: 2 },
  help: { args: ['--help'], code: 0 },
  'compile-help': { args: ['compile', '--help'], code: 0 },
  'lint-help': { args: ['help', 'lint'], code: 0 },
  'unknown-command': { args: ['compil'], code: 2 },
  'unknown-option': { args: ['compile', '--ouput', 'json'], code: 2 },
  'hostile-option': { args: ['compile', '--\u001b[31m\u202e'], code: 2 },
  'hostile-path': { args: ['compile', '\u001b[31m.yaml'], code: 2 },
  'no-input': { args: ['compile'], code: 2 },
  'empty-path': { args: ['compile', ''], code: 2 },
  'missing-file': { args: ['compile', 'bookstore/polcy.yaml'], code: 2 },
  'missing-file-lint': { args: ['lint', 'bookstore/policy.yaml', 'nowhere'], code: 2 },
  'missing-value': { args: ['compile', 'bookstore', '--out'], code: 2 },
  'empty-out': { args: ['compile', 'bookstore', '--out', ''], code: 2 },
  'unknown-format': { args: ['compile', 'bookstore', '-o', 'xml'], code: 2 },
  'unknown-type': { args: ['compile', 'bookstore', '-o', 'json', '-t', 'listener,clutser'], code: 2 },
  'unknown-level': { args: ['lint', 'bookstore', '--fail-on', 'never'], code: 2 },
  'unknown-report': { args: ['lint', 'bookstore', '--report', 'html'], code: 2 },
  'bad-trust-domain': { args: ['compile', 'bookstore', '--trust-domain', 'a/../b'], code: 2 },
  'long-cluster-domain': { args: ['compile', 'bookstore', '--cluster-domain', `${'a'.repeat(60)}.${'b'.repeat(60)}`], code: 2 },
  'bad-mesh-namespace': { args: ['compile', 'bookstore', '--mesh-namespace', 'a.b'], code: 2 },
  'proxy-without-output': { args: ['compile', 'bookstore', '--proxy', 'bookbuyer/bookbuyer'], code: 2 },
  'proxy-shape': { args: ['compile', 'bookstore', '-o', 'yaml', '--proxy', 'bookbuyer'], code: 2 },
  'proxy-unknown': { args: ['compile', 'bookstore', '-o', 'yaml', '--proxy', 'bookbuyer/bookbyer', '--suppress', 'SMIC*'], code: 2 },
  'check-and-out': { args: ['compile', 'bookstore', '--check', 'a', '--out', 'b'], code: 2 },
  'check-missing': { args: ['compile', 'bookstore', '--check', 'nowhere', '--suppress', 'SMIC*'], code: 2 },
  'watch-stdin': { args: ['compile', '-', '--watch'], code: 2 },
  'force-without-out': { args: ['compile', 'bookstore', '--force'], code: 2 },
  'out-is-input': { args: ['compile', 'bookstore', '--out', 'bookstore', '--force'], code: 2 },
  'out-is-here': { args: ['compile', 'bookstore', '--out', '.', '--force'], code: 2 },
  'out-is-root': { args: ['compile', 'bookstore', '--out', '/'], code: 2 },
  'suppress-error': { args: ['lint', 'bookstore', '--suppress', 'SMIC1001'], code: 2 },
  'suppress-unknown': { args: ['lint', 'bookstore', '--suppress', 'SMIC0000'], code: 2 },
  'explain-code': { args: ['explain', 'smic1901'], code: 0 },
  'explain-unknown': { args: ['explain', 'SMIC19O1'], code: 2 },
  'completion-unknown': { args: ['completion', 'tcsh'], code: 2 },
  'compile-summary': { args: ['compile', 'bookstore'], code: 0 },
  'compile-pretty': { args: ['compile', 'bookstore', '--report', 'pretty'], code: 0 },
  'compile-broken': { args: ['compile', 'broken.yaml'], code: 1 },
  'compile-stdin': { args: ['compile', '-'], code: 1, stdin: 'kind: [' },
  'lint-bookstore': { args: ['lint', 'bookstore'], code: 0 },
  'lint-fail-on-note': { args: ['lint', 'bookstore', '--fail-on', 'note'], code: 1 },
  'lint-broken-pretty': { args: ['lint', 'broken.yaml', '--report', 'pretty'], code: 1 },
  'lint-broken-github': { args: ['lint', 'broken.yaml', '--report', 'github'], code: 1 },
  'lint-suppressed': { args: ['lint', 'bookstore', '--suppress', 'SMIC5*', '--suppress', 'SMIC3*=HTTPRouteGroup/bookstore/*', '--fail-on', 'note'], code: 0 },
};

async function inWorkspace(use: (setting: Setting & { readonly cwd: string }) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (cwd) => {
    mkdirSync(join(cwd, 'bookstore'));
    for (const name of ['cluster.yaml', 'mesh-config.yaml', 'policy.yaml', 'split.yaml']) {
      cpSync(join(root, 'fixtures', 'bookstore', name), join(cwd, 'bookstore', name));
    }
    writeFileSync(join(cwd, 'broken.yaml'), 'apiVersion: v1\nkind: Service\nmetadata:\n  name: [till\n');
    await use({ cwd });
  });
}

for (const [name, { args, code, stdin = '' }] of Object.entries(golden)) {
  test(name, async () => {
    await inWorkspace(async ({ cwd }) => {
      const result = await runSmic(args, { cwd, stdin });
      matchesGolden(`commands/${name}.txt`, `exit code ${result.code}\n--- stdout\n${result.stdout}--- stderr\n${result.stderr}`);
      assert.is(result.code, code);
      assert.not.match(result.stdout + result.stderr, /\n\s+at .*:\d+:\d+|this is a bug/);
      assert.not.match(result.stdout + result.stderr, /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
    });
  });
}

test('version, for people and as a document', async () => {
  const words = await runSmic(['version']);
  assert.match(words.stdout, `smic ${version} (Envoy API `);
  const document = await runSmic(['version', '-o', 'json']);
  assert.is(JSON.parse(document.stdout).smic, version);
});

test('explain lists every code', async () => {
  const { stdout, code } = await runSmic(['explain']);
  assert.is(code, 0);
  assert.match(stdout, /^CODE +LEVEL +TITLE\n/);
  assert.match(stdout, /^SMIC1901 +warning +An annotation/m);
});

test('colour only where it is wanted', async () => {
  await inWorkspace(async ({ cwd }) => {
    const plain = await runSmic(['lint', 'broken.yaml', '--report', 'pretty'], { cwd });
    const forced = await runSmic(['lint', 'broken.yaml', '--report', 'pretty'], { cwd, env: { FORCE_COLOR: '1' } });
    assert.not.match(plain.stdout, '\u001b');
    assert.match(forced.stdout, '\u001b[31m');
    assert.is(forced.stdout.replace(/\u001b\[\d+m/g, ''), plain.stdout);
  });
});

test.run();
