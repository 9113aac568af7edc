import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NotAFileError } from '../../cli/input/input-problem.ts';
import { readBounded } from '../../cli/input/read-bounded.ts';
import { type Input, readInput, type ReadOptions } from '../../cli/input/read-input.ts';

const test = suite<{ folder: string }>('read-input');

test.before.each((context) => {
  context.folder = mkdtempSync(path.join(tmpdir(), 'smic-input-'));
});

test.after.each((context) => {
  rmSync(context.folder, { recursive: true, force: true });
});

/** Writes files, by name. */
function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.join(folder, path.dirname(name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
}

async function read(folder: string, paths: readonly string[], options?: ReadOptions): Promise<{ readonly names: string[]; readonly findings: string[]; readonly input: Input }> {
  const input = await readInput(paths, { folder, ...options });
  return { input, names: input.files.map(({ name }) => name), findings: input.diagnostics.map(({ code, place }) => `${code} ${place?.file}`) };
}

test('files and folders, sorted, named from the working folder, each once', async ({ folder }) => {
  write(folder, { 'b/z.yaml': 'z', 'b/y.yml': 'y', 'b/c/x.JSON': 'x', 'b/no.txt': '', 'b/.hidden.yaml': '', 'b/.git/a.yaml': '', 'b/node_modules/a.yaml': '', 'a.conf': 'a' });
  const { names, findings, input } = await read(folder, ['b', 'a.conf', './b/../b/z.yaml', path.join(folder, 'b')]);
  assert.equal(names, ['a.conf', 'b/c/x.JSON', 'b/y.yml', 'b/z.yaml']);
  assert.equal(findings, []);
  assert.is(input.files[1]?.text, 'x');
  assert.equal((await read(path.join(folder, 'b'), ['.', '../a.conf'])).names, ['../a.conf', 'c/x.JSON', 'y.yml', 'z.yaml']);
});

test('standard input', async ({ folder }) => {
  write(folder, { 'a.yaml': 'a' });
  const { input, findings } = await read(folder, ['-', 'a.yaml', '-'], { stdin: Readable.from([Buffer.from('b: \xc3', 'latin1'), Buffer.from('\xa4', 'latin1')]) });
  assert.equal(input.files, [{ name: '<stdin>', text: 'b: ä' }, { name: 'a.yaml', text: 'a' }]);
  assert.equal(findings, []);
});

test('symbolic links are followed; a file that has several names is read once', async ({ folder }) => {
  write(folder, { 'real/a.yaml': 'a', 'in/b.yaml': 'b' });
  symlinkSync('../real', path.join(folder, 'in/link'));
  symlinkSync('b.yaml', path.join(folder, 'in/a-copy.yaml'));
  assert.equal((await read(folder, ['in'])).names, ['in/a-copy.yaml', 'in/link/a.yaml']);
  assert.equal((await read(folder, ['real', 'in'])).names, ['in/a-copy.yaml', 'in/link/a.yaml']);
  assert.equal((await read(folder, ['in', 'real'])).names, (await read(folder, ['real', 'in'])).names);
});

test('links that go in a circle', async ({ folder }) => {
  write(folder, { 'in/a.yaml': 'a', 'in/deep/b.yaml': 'b' });
  symlinkSync('..', path.join(folder, 'in/deep/up'));
  symlinkSync('self.yaml', path.join(folder, 'in/self.yaml'));
  const { names, findings } = await read(folder, ['in']);
  assert.equal(names, ['in/a.yaml', 'in/deep/b.yaml']);
  assert.equal(findings, ['SMIC1032 in/deep/up', 'SMIC1032 in/self.yaml']);
});

test('links cannot multiply the work', async ({ folder }) => {
  for (let level = 0; level < 25; level++) {
    mkdirSync(path.join(folder, `${level}`));
    for (const name of ['x', 'y']) symlinkSync(`../${level + 1}`, path.join(folder, `${level}`, name));
  }
  write(folder, { '25/a.yaml': 'a' });
  const { names, findings } = await read(folder, ['0']);
  assert.is(names.length, 1);
  assert.equal(findings, []);
});

test('what does not exist, with what was meant', async ({ folder }) => {
  write(folder, { 'policies/bookstore.yaml': 'a' });
  symlinkSync('gone', path.join(folder, 'policies/dangling.yaml'));
  const { input, findings } = await read(folder, ['policies/bokstore.yaml', 'polices/bookstore.yaml', 'policies/bookstore.yaml/x', 'policies', 'a\0b']);
  assert.equal(findings, ['SMIC1030 a\0b', 'SMIC1030 polices/bookstore.yaml', 'SMIC1030 policies/bokstore.yaml', 'SMIC1030 policies/bookstore.yaml/x', 'SMIC1030 policies/dangling.yaml']);
  assert.is(input.diagnostics[1]?.fix, 'Did you mean "policies"?');
  assert.is(input.diagnostics[2]?.fix, 'Did you mean "policies/bookstore.yaml"?');
});

test('no permission', async ({ folder }) => {
  write(folder, { 'in/a.yaml': 'a', 'in/closed/b.yaml': 'b', 'in/c.yaml': 'c' });
  chmodSync(folder, 0o755);
  chmodSync(path.join(folder, 'in/closed'), 0);
  chmodSync(path.join(folder, 'in/a.yaml'), 0);
  // Root may read everything.
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    const { names, findings } = await read(folder, ['in']);
    assert.equal(names, ['in/c.yaml']);
    assert.equal(findings, ['SMIC1031 in/a.yaml', 'SMIC1031 in/closed']);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(path.join(folder, 'in/closed'), 0o755);
  }
});

test('a file above the limit is not read', async ({ folder }) => {
  write(folder, { 'a.yaml': 'a', 'huge.yaml': '' });
  // Sparse: it takes no room on the disk, but would in memory.
  truncateSync(path.join(folder, 'huge.yaml'), 100 * 1024 * 1024);
  const { names, findings, input } = await read(folder, ['.']);
  assert.equal(names, ['a.yaml']);
  assert.equal(findings, ['SMIC1033 huge.yaml']);
  // The file's true size is told, which no reader that stops at the limit could know.
  assert.match(input.diagnostics[0]?.message ?? '', '104857600');
  assert.equal((await read(folder, ['a.yaml'], { maxFileBytes: 1 })).names, ['a.yaml']);
  assert.equal((await read(folder, ['-'], { stdin: Readable.from(['aaa', 'bbb']), maxFileBytes: 5 })).findings, ['SMIC1033 <stdin>']);
  assert.equal((await read(folder, ['/proc/self/status'], { maxFileBytes: 10 })).findings.map((finding) => finding.slice(0, 8)), [process.platform === 'linux' ? 'SMIC1033' : 'SMIC1030']);
});

test('devices and pipes are refused, without waiting for them', async ({ folder }) => {
  execFileSync('mkfifo', [path.join(folder, 'pipe.yaml')]);
  write(folder, { 'a.yaml': 'a' });
  const { names, findings } = await read(folder, ['.', '/dev/null']);
  assert.equal(names, ['a.yaml']);
  assert.equal(findings.map((finding) => finding.slice(0, 8)), ['SMIC1034', 'SMIC1034']);
});

test('a pipe that takes the place of a file after it was looked at is not waited for', async ({ folder }) => {
  const pipe = path.join(folder, 'pipe.yaml');
  execFileSync('mkfifo', [pipe]);
  const error: unknown = await readBounded(pipe, 10).catch((thrown: unknown) => thrown);
  assert.instance(error, NotAFileError);
});

test('UTF-16 and bytes that are no text', async ({ folder }) => {
  write(folder, { 'little.yaml': Buffer.from('\ufeffa: ä', 'utf16le'), 'big.yaml': Buffer.from('\ufeffa: ä', 'utf16le').swap16(), 'mark.yaml': '\ufeffa: ä', 'broken.yaml': Buffer.from([0x61, 0xff]) });
  const { input } = await read(folder, ['.']);
  assert.equal(input.files.map(({ name, text }) => [name, text]), [['big.yaml', 'a: ä'], ['broken.yaml', 'a\ufffd'], ['little.yaml', 'a: ä'], ['mark.yaml', 'a: ä']]);
});

test('a folder without input', async ({ folder }) => {
  write(folder, { 'a/b/readme.md': '', 'c/d.yaml': '' });
  linkSync(path.join(folder, 'c/d.yaml'), path.join(folder, 'c/e.yaml'));
  const { names, findings } = await read(folder, ['a', 'c']);
  assert.equal(names, ['c/d.yaml', 'c/e.yaml']);
  assert.equal(findings, ['SMIC1035 a']);
});

test('many files', async ({ folder }) => {
  write(folder, Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index}.yaml`, `${index}`])));
  const { input } = await read(folder, ['.']);
  assert.is(input.files.length, 300);
  assert.ok(input.files.every(({ name, text }) => name === `f${text}.yaml`));
});

test.run();
