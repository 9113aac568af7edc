import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { root, startSmic } from './run-smic.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

/** Collects what a watching smic says, and waits for it to say something new. */
function listen(child: ChildProcess): { next(pattern: RegExp): Promise<string>; rest(): string } {
  let heard = '';
  let wake = (): void => {};
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
    wake();
  });
  child.on('close', () => {
    heard += '(ended)\n';
    wake();
  });
  return {
    async next(pattern) {
      for (;;) {
        const match = pattern.exec(heard);
        if (match) {
          const upTo = heard.slice(0, match.index + match[0].length);
          heard = heard.slice(upTo.length);
          return upTo;
        }
        if (heard.includes('(ended)')) {
          throw new Error(`it ended without ${pattern}: ${heard}`);
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    rest: () => heard,
  };
}

test('--watch follows edits, renames, new folders and removals, keeps the last good output, and ends with 0', async () => {
  await inTemporaryFolder(async (cwd) => {
    mkdirSync(join(cwd, 'in'));
    for (const name of ['cluster.yaml', 'mesh-config.yaml', 'policy.yaml', 'split.yaml']) {
      cpSync(join(root, 'fixtures', 'bookstore', name), join(cwd, 'in', name));
    }
    const policy = join(cwd, 'in', 'policy.yaml');
    const text = readFileSync(policy, 'utf8');
    const manifest = (): string => readFileSync(join(cwd, 'out', 'manifest.json'), 'utf8');
    const child = startSmic(['compile', 'in', '--out', 'out', '--watch'], { cwd });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const words = listen(child);
    try {
      await words.next(/compiled .*; wrote out\n/);
      const first = manifest();

      // An edit in place.
      writeFileSync(policy, text.replaceAll('/update-books-bought', '/update-books'));
      await words.next(/compiled .*; wrote out\n/);
      assert.is.not(manifest(), first);

      // An edit that breaks it: the last good output stays.
      const good = manifest();
      writeFileSync(policy, `${text}---\nkind: [\n`);
      assert.match(await words.next(/nothing was written, out is as it was\n/), 'error SMIC1001');
      assert.is(manifest(), good);

      // Editors save by renaming.
      writeFileSync(join(cwd, 'policy.tmp'), text);
      renameSync(join(cwd, 'policy.tmp'), policy);
      await words.next(/compiled .*; wrote out\n/);
      assert.is(manifest(), first);

      // A new folder, then a file in it.
      mkdirSync(join(cwd, 'in', 'more'));
      await words.next(/compiled .*; out is unchanged\n/);
      const extra = join(cwd, 'in', 'more', 'route.yaml');
      writeFileSync(extra, 'apiVersion: specs.smi-spec.io/v1alpha4\nkind: TCPRoute\nmetadata:\n  name: extra\n  namespace: bookstore\nspec: {}\n');
      await words.next(/compiled .*; wrote out\n/);
      rmSync(join(cwd, 'in', 'more'), { recursive: true });
      await words.next(/compiled .*; wrote out\n/);
      assert.is(manifest(), first);
    } finally {
      child.kill('SIGINT');
    }
    assert.is(await ended, 0);
    assert.not.match(words.rest(), 'bug in smic');
  });
});

test('--watch is not woken by what lies beside the input, such as its own log', async () => {
  await inTemporaryFolder(async (cwd) => {
    mkdirSync(join(cwd, 'in'));
    for (const name of ['cluster.yaml', 'mesh-config.yaml', 'policy.yaml', 'split.yaml']) {
      cpSync(join(root, 'fixtures', 'bookstore', name), join(cwd, 'in', name));
    }
    cpSync(join(cwd, 'in', 'split.yaml'), join(cwd, 'split.yaml'));
    rmSync(join(cwd, 'in', 'split.yaml'));
    const child = startSmic(['compile', 'in', 'split.yaml', '--out', 'out', '--watch'], { cwd });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const words = listen(child);
    try {
      await words.next(/compiled .*; wrote out\n/);
      writeFileSync(join(cwd, 'smic.log'), 'beside a file that is named\n');
      writeFileSync(join(cwd, 'in', 'smic.log'), 'in a folder, and no input by its name\n');
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.is(words.rest(), '');
      const split = join(cwd, 'split.yaml');
      writeFileSync(split, readFileSync(split, 'utf8').replace('weight: 100', 'weight: 90'));
      assert.match(await words.next(/compiled .*\n/), 'wrote out');
    } finally {
      child.kill('SIGINT');
    }
    assert.is(await ended, 0);
  });
});

test.run();
