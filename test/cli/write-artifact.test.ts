import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Failure } from '../../cli/failure.ts';
import type { RenderedFile } from '../../cli/output/rendered-file.ts';
import { writeArtifact } from '../../cli/output/write-artifact.ts';
import { writeFileAtomically } from '../../cli/output/write-file-atomically.ts';
import { root } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const manifest = { path: 'manifest.json', content: '{"formatVersion": 1, "mesh": {}, "proxies": []}\n' };

function artifact(text: string): () => readonly RenderedFile[] {
  return () => [manifest, { path: 'proxies/shop/till/listeners.json', content: text }, { path: 'proxies/shop/till/routes.json', content: '[]\n' }];
}

function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map((entry) => join(entry.parentPath, entry.name)).sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, Failure, String(error));
    return error as Failure;
  }
  throw new Error('there was no failure');
}

test('writes a new folder with its parents, and nothing beside it', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'a', 'b', 'mesh');
    assert.is(await writeArtifact(out, artifact('[1]'), false), 'written');
    assert.equal(Object.keys(contents(out)), ['manifest.json', 'proxies/shop/till/listeners.json', 'proxies/shop/till/routes.json']);
    assert.equal(readdirSync(join(folder, 'a', 'b')), ['mesh']);
  });
});

test('files that are no longer there go; an empty folder is taken, with its mode', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    mkdirSync(out);
    chmodSync(out, 0o750);
    await writeArtifact(out, () => [...artifact('[1]')(), { path: 'proxies/shop/gone/routes.json', content: '[]' }], false);
    await writeArtifact(out, artifact('[2]'), false);
    assert.equal(Object.keys(contents(out)), ['manifest.json', 'proxies/shop/till/listeners.json', 'proxies/shop/till/routes.json']);
    assert.is(contents(out)['proxies/shop/till/listeners.json'], '[2]');
    assert.is(statSync(out).mode & 0o777, 0o750);
    assert.equal(readdirSync(folder), ['mesh']);
  });
});

test('the same output touches nothing', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    await writeArtifact(out, artifact('[1]'), false);
    utimesSync(join(out, 'manifest.json'), 1000, 1000);
    utimesSync(out, 1000, 1000);
    assert.is(await writeArtifact(out, artifact('[1]'), false), 'unchanged');
    assert.is(statSync(join(out, 'manifest.json')).mtimeMs, 1_000_000);
    assert.is(statSync(out).mtimeMs, 1_000_000);
    // A file that somebody put in or took out is a difference too.
    writeFileSync(join(out, 'proxies', 'extra.json'), '{}');
    assert.is(await writeArtifact(out, artifact('[1]'), false), 'written');
    assert.not(existsSync(join(out, 'proxies', 'extra.json')));
  });
});

test('a failure on the way leaves the old artifact byte for byte, and no leftovers', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    await writeArtifact(out, artifact('[1]'), false);
    const before = contents(out);
    const broken = function* (): Generator<RenderedFile> {
      yield manifest;
      yield { path: 'proxies/shop/till/listeners.json', content: '[2]' };
      throw new Error('on the way');
    };
    try {
      await writeArtifact(out, broken, false);
      assert.unreachable();
    } catch (error) {
      assert.is((error as Error).message, 'on the way');
    }
    // What the file system refuses (here a file where a folder is needed) is told in words.
    const clash = (): readonly RenderedFile[] => [manifest, { path: 'a', content: '' }, { path: 'a/b.json', content: '' }];
    assert.match((await failure(writeArtifact(out, clash, false))).message, /cannot write .*\((EEXIST|EISDIR|ENOTDIR)\)/);
    assert.equal(contents(out), before);
    assert.equal(readdirSync(folder), ['mesh']);
  });
});

test('a path that would leave the folder is never written', async () => {
  await inTemporaryFolder(async (folder) => {
    for (const path of ['../evil.json', 'proxies/../../evil.json', 'a/../b.json']) {
      try {
        await writeArtifact(join(folder, 'mesh'), () => [manifest, { path, content: '' }], false);
        assert.unreachable(path);
      } catch (error) {
        assert.match((error as Error).message, 'would leave its folder');
      }
    }
    assert.equal(readdirSync(folder), []);
  });
});

test('what is not an artifact is not replaced without --force', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    mkdirSync(out);
    for (const [name, text] of [['notes.txt', 'x'], ['other.json', '{}'], ['manifest.json', '{"name": "a web app"}'], ['manifest.json', '{']] as const) {
      writeFileSync(join(out, name), text);
      const before = contents(out);
      assert.match((await failure(writeArtifact(out, artifact('[1]'), false))).fix, '--force');
      assert.equal(contents(out), before);
    }
    assert.is(await writeArtifact(out, artifact('[1]'), true), 'written');
    // A file that a user keeps in the artifact's folder would be lost.
    writeFileSync(join(out, 'README.md'), 'mine');
    assert.match((await failure(writeArtifact(out, artifact('[2]'), false))).message, 'README.md');
    assert.match((await failure(writeArtifact(join(out, 'README.md'), artifact('[2]'), true))).message, 'it is a file');
  });
});

test('a link to an artifact stays a link', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    await writeArtifact(out, artifact('[1]'), false);
    symlinkSync('mesh', join(folder, 'link'));
    assert.is(await writeArtifact(join(folder, 'link'), artifact('[2]'), false), 'written');
    assert.is(contents(out)['proxies/shop/till/listeners.json'], '[2]');
    assert.equal(readdirSync(folder), ['link', 'mesh']);
  });
});

test('a run killed in the middle leaves the old artifact, and the next clears up', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    await writeArtifact(out, artifact('[1]'), false);
    const before = contents(out);
    const script = `
      import { writeArtifact } from '${root}/cli/output/write-artifact.ts';
      await writeArtifact(${JSON.stringify(out)}, function* () {
        yield ${JSON.stringify(manifest)};
        for (let i = 0; ; i++) {
          if (i === 100) console.log('writing');
          yield { path: 'proxies/shop/p' + (i % 1000) + '/routes.json', content: '[' + i + ']' };
        }
      }, false);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    assert.equal(contents(out), before);
    assert.is(readdirSync(folder).length, 2, 'it was killed too late, or left nothing');
    assert.is(await writeArtifact(out, artifact('[1]'), false), 'unchanged');
    assert.equal(readdirSync(folder), ['mesh']);
  });
});

test('a run killed between its two renames is put right by the next', async () => {
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    // No process has this number: it is above the kernel's limit.
    await writeArtifact(join(folder, '.mesh.smic-old-4194305-0123abcd'), artifact('[1]'), false);
    assert.is(await writeArtifact(out, artifact('[1]'), false), 'unchanged');
    assert.equal(readdirSync(folder), ['mesh']);
  });
});

test("a running process's folder is left alone", async () => {
  await inTemporaryFolder(async (folder) => {
    const theirs = `.mesh.smic-new-${process.ppid}-0123abcd`;
    mkdirSync(join(folder, theirs));
    await writeArtifact(join(folder, 'mesh'), artifact('[1]'), false);
    assert.equal(readdirSync(folder), [theirs, 'mesh']);
  });
});

test('no permission is told in words, and the old artifact stays', async () => {
  if (process.getuid?.() === 0) {
    return; // root may do anything
  }
  await inTemporaryFolder(async (folder) => {
    const out = join(folder, 'mesh');
    await writeArtifact(out, artifact('[1]'), false);
    chmodSync(folder, 0o555);
    assert.match((await failure(writeArtifact(out, artifact('[2]'), false))).message, 'permission denied');
    chmodSync(folder, 0o755);
    assert.is(contents(out)['proxies/shop/till/listeners.json'], '[1]');
  });
});

test('one file: written, unchanged, and refused where there is no file', async () => {
  await inTemporaryFolder(async (folder) => {
    const file = join(folder, 'new', 'mesh.bundle');
    assert.is(await writeFileAtomically(file, new Uint8Array([1, 2])), 'written');
    utimesSync(file, 1000, 1000);
    assert.is(await writeFileAtomically(file, new Uint8Array([1, 2])), 'unchanged');
    assert.is(statSync(file).mtimeMs, 1_000_000);
    assert.is(await writeFileAtomically(file, 'text'), 'written');
    assert.is(readFileSync(file, 'utf8'), 'text');
    assert.match((await failure(writeFileAtomically(folder, 'text'))).message, 'not a file');
    assert.equal(readdirSync(join(folder, 'new')), ['mesh.bundle']);
  });
});

test.run();
