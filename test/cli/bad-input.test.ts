import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compileCase, goldenCases } from '../goldens/golden-case.ts';
import { runSmic, type Result } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

/*
 * Bad input, seen from outside: words with a place, exit code 1 or 2, no stack trace, nothing written.
 */

const atOnce = 4;
/** The user who owns nothing. */
const nobody = { uid: 65_534, gid: 65_534 };

test('each golden case with an error ends with words and without output', async () => {
  const cases = goldenCases().filter(({ name, files }) => name.startsWith('bad-input/') && files.length > 0);
  const failing = cases.filter((golden) => compileCase(golden).artifact === undefined);
  if (!process.env['FILTER']) assert.ok(failing.length > 30);
  await inTemporaryFolder(async (folder) => {
    const queue = [...failing];
    const work = async (): Promise<void> => {
      for (let golden = queue.shift(); golden !== undefined; golden = queue.shift()) {
        const out = join(folder, golden.name.replace('/', '-'));
        const result = await runSmic(['compile', ...golden.files.map(({ name }) => name), '--out', out]);
        assert.equal({ name: golden.name, ...judged(result, out) }, { name: golden.name, code: 1, faults: [] });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  });
});

test('what is no text', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xff, 0xfe]));
    writeFileSync(join(folder, 'latin-1.yaml'), Buffer.from('kind: caf\xe9\n', 'latin1'));
    const out = join(folder, 'out');
    const result = await runSmic(['compile', '.', '--out', out, '--report', 'concise'], { cwd: folder });
    assert.equal(judged(result, out), { code: 1, faults: [] });
    expectEach(result, { 'binary.yaml:1:1': 'SMIC1003', 'latin-1.yaml:1:10': 'SMIC1003' });
  });
});

test('what is too large, goes in a circle, or never ends', async () => {
  await inTemporaryFolder(async (folder) => {
    const input = join(folder, 'input');
    mkdirSync(join(input, 'deep'), { recursive: true });
    writeFileSync(join(input, 'large.yaml'), 'a: 1\n');
    truncateSync(join(input, 'large.yaml'), 100 * 1024 * 1024);
    execFileSync('mkfifo', [join(input, 'pipe.yaml')]);
    symlinkSync('..', join(input, 'deep', 'up'));
    symlinkSync('self.yaml', join(input, 'self.yaml'));
    const out = join(folder, 'out');
    const result = await runSmic(['compile', '.', '--out', out, '--report', 'concise'], { cwd: input });
    assert.equal(judged(result, out), { code: 2, faults: [] });
    expectEach(result, { 'large.yaml': 'SMIC1033', 'pipe.yaml': 'SMIC1034', 'deep/up': 'SMIC1032', 'self.yaml': 'SMIC1032' });
  });
});

test('a folder without permission', async () => {
  // Root may open everything: as root, the command runs as nobody, which must be able to read the project.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot && !runsAsNobody()) return console.log('skipped: this machine has no way to run a command as somebody who may not open a folder');
  await inTemporaryFolder(async (folder) => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    writeFileSync(join(closed, 'a.yaml'), '');
    chmodSync(folder, 0o777);
    chmodSync(closed, 0);
    const command = [join('dist', 'bin', 'smic.js'), 'lint', '--report', 'concise', closed];
    const result = await new Promise<Result>((resolve) => {
      try {
        execFileSync(process.execPath, command, { stdio: 'pipe', encoding: 'utf8', ...(isRoot && nobody) });
        resolve({ code: 0, stdout: '', stderr: '' });
      } catch (error) {
        const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
        resolve({ code: status, stdout, stderr });
      } finally {
        chmodSync(closed, 0o755);
      }
    });
    assert.equal(judged(result, join(folder, 'out')).faults, []);
    assert.is(result.code, 2, result.stderr);
    assert.match(result.stdout + result.stderr, 'SMIC1031');
  });
});

test.run();

/** Each of these places has a line with this code. */
function expectEach({ stderr }: Result, findings: Readonly<Record<string, string>>): void {
  for (const [place, code] of Object.entries(findings)) {
    assert.ok(stderr.split('\n').some((line) => line.startsWith(place) && line.includes(code)), `${place} ${code} in:\n${stderr}`);
  }
}

/** What must be so of every answer to bad input. */
function judged({ code, stdout, stderr }: Result, out: string): { readonly code: number | null; readonly faults: readonly string[] } {
  const faults: string[] = [];
  if (/^ +at .*[:(]\d+/m.test(stderr) || /Error:|node:internal/.test(stderr)) faults.push(`a stack trace: ${stderr}`);
  if (!/SMIC\d{4}/.test(stdout + stderr)) faults.push(`no code: ${stderr}`);
  if (existsSync(out)) faults.push(`output: ${readdirSync(out).join()}`);
  return { code, faults };
}

function runsAsNobody(): boolean {
  try {
    execFileSync(process.execPath, [join('dist', 'bin', 'smic.js'), 'version'], { stdio: 'pipe', ...nobody });
    return true;
  } catch {
    return false;
  }
}
