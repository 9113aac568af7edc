// The runner must be able to fail: each thing that uvu lets pass with exit code 0 is seen to fail here.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const head = ["import { test } from 'uvu';", "import * as assert from 'uvu/assert';", 'assert.ok(true);'];
const passing = [...head, "test('passes', () => {});", 'test.run();'];

interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly lastLine: string;
}

/** Runs the runner over these files (name → lines) in a folder of their own. */
function runTests(files: Readonly<Record<string, readonly string[]>>, env: NodeJS.ProcessEnv = {}): Run {
  const folder = mkdtempSync(join(tmpdir(), 'smic-runner-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
    for (const [name, lines] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'tests', name)), { recursive: true });
      writeFileSync(join(folder, 'tests', name), `${lines.join('\n')}\n`);
    }
    const run = spawnSync(process.execPath, ['--import', 'tsx', 'test/run.ts', join(folder, 'tests')], {
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, FILTER: '', SMIC_REQUIRE_ENVOY: '', ENVOY_BIN: process.execPath, ...env },
    });
    const output = run.stdout + run.stderr;
    return { code: run.status, output, lastLine: output.trimEnd().split('\n').at(-1) ?? '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const runner = suite('runner');

runner('passes what passes and counts it', () => {
  const run = runTests({ 'a.test.ts': passing, 'deep/b.test.ts': passing, 'helper.ts': ['throw new Error();'] });
  assert.is(run.lastLine, '2 passed, 0 failed', run.output);
  assert.is(run.code, 0);
});

runner('counts skipped tests', () => {
  const run = runTests({ 'a.test.ts': [...head, "test('a', () => {});", "test.skip('b', () => {});", 'test.run();'] });
  assert.is(run.lastLine, '1 passed, 0 failed, 1 skipped', run.output);
  assert.is(run.code, 0);
});

const failures: Readonly<Record<string, { readonly lines: readonly string[]; readonly says: string; readonly last?: string }>> = {
  'a failing test': {
    lines: [...head, "test('a', () => {});", "test('b', () => assert.is(1, 2));", 'test.run();'],
    says: 'FAIL  "b"',
    last: '1 passed, 1 failed',
  },
  'a before() that throws': {
    lines: [...head, "test.before(() => { throw new Error('x'); });", "test('a', () => {});", 'test.run();'],
    says: 'hook threw',
  },
  'an after() that throws': {
    lines: [...head, "test.after(() => { throw new Error('x'); });", "test('a', () => {});", 'test.run();'],
    says: 'without a result',
  },
  'a file without .run()': {
    lines: [...head, "test('a', () => {});"],
    says: '`test.run()` is missing',
  },
  'a second suite without .run()': {
    lines: ["import { suite } from 'uvu';", "const a = suite('a');", "const b = suite('b');", "a('a', () => {});", "b('b', () => {});", 'a.run();'],
    says: '`b.run()` is missing',
    last: '1 passed, 1 failed',
  },
  'a test behind .run()': {
    lines: [...passing, "test('late', () => {});"],
    says: 'stands after `test.run()`',
  },
  'an .only that was left in': {
    lines: [...head, "test.only('a', () => {});", "test('b', () => {});", 'test.run();'],
    says: '`test.only` leaves the other tests out',
  },
  'a file without tests': {
    lines: [...head, 'test.run();'],
    says: 'ran no test',
  },
  'a file that throws while it is loaded': {
    lines: [...head, "throw new Error('while loading');"],
    says: 'while loading',
  },
  'a process that ends in the middle of a test': {
    lines: [...head, "test('a', () => process.exit(0));", 'test.run();'],
    says: 'without a result',
  },
  'an error behind the tests': {
    lines: [...passing, 'setTimeout(() => { throw new Error(); }, 100);'],
    says: 'its process ended with 1',
  },
};

for (const [name, { lines, says, last }] of Object.entries(failures)) {
  runner(`fails ${name}`, () => {
    const run = runTests({ 'a.test.ts': lines });
    assert.is(run.code, 1, run.output);
    assert.ok(run.output.includes(says), run.output);
    assert.match(run.lastLine, /^\d+ passed, [1-9]\d* failed/);
    if (last !== undefined) {
      assert.is(run.lastLine, last);
    }
  });
}

runner('fails a test that hangs, and kills what it has started', () => {
  // What it starts holds its output open: were it not killed, the runner would wait for it.
  const started = "import { spawn } from 'node:child_process'; spawn('sleep', ['977'], { stdio: 'inherit' });";
  const run = runTests(
    { 'a.test.ts': [...head, started, "test('a', () => new Promise(() => { setInterval(() => {}, 1000); }));", 'test.run();'] },
    { TEST_DEADLINE: '2' },
  );
  assert.is(run.lastLine, '0 passed, 1 failed', run.output);
  assert.ok(run.output.includes('hangs: killed after 2 s'), run.output);
});

runner('fails when there is no test file', () => {
  const run = runTests({ 'helper.ts': [] });
  assert.is(run.lastLine, '0 passed, 1 failed', run.output);
});

runner('fails when FILTER matches nothing', () => {
  const run = runTests({ 'a.test.ts': passing }, { FILTER: 'no-such-file-or-fixture' });
  assert.is(run.lastLine, '0 passed, 1 failed', run.output);
});

runner('FILTER picks files by a part of the path', () => {
  const run = runTests({ 'one.test.ts': passing, 'two.test.ts': [...head, "test('fails', () => assert.unreachable());", 'test.run();'] }, { FILTER: 'one.t' });
  assert.is(run.lastLine, '1 passed, 0 failed', run.output);
});

runner('says in one line that there is no Envoy, and fails where one is required', () => {
  const missing = { ENVOY_BIN: '', SMIC_CACHE: '/nonexistent' };
  const without = runTests({ 'a.test.ts': passing }, missing);
  assert.is(without.code, 0, without.output);
  assert.match(without.output.split('\n')[0] ?? '', /^no Envoy here: .* skipped\.$/);
  const required = runTests({ 'a.test.ts': passing }, { ...missing, SMIC_REQUIRE_ENVOY: '1' });
  assert.is(required.lastLine, '1 passed, 1 failed', required.output);
  const broken = runTests({ 'a.test.ts': passing }, { ENVOY_BIN: '/nonexistent/envoy' });
  assert.ok(broken.output.includes('ENVOY_BIN=/nonexistent/envoy is not an executable file'), broken.output);
});

runner.run();
