import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differenceText } from '../../cli/check/difference-text.ts';
import { type Difference, findDrift } from '../../cli/check/find-drift.ts';
import { Failure } from '../../cli/failure.ts';
import { createPaint } from '../../cli/terminal/paint.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const plain = createPaint(false);

function changed(path: string, before: string, after: string): Difference {
  return { path, kind: 'changed', before, after };
}

function lines(count: number, word: string): string {
  return Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join('');
}

test('finds what was added, changed and removed, sorted', async () => {
  await inTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, 'b'));
    writeFileSync(join(folder, 'b', 'same.json'), '1');
    writeFileSync(join(folder, 'b', 'changed.json'), '1');
    writeFileSync(join(folder, 'z.json'), '1');
    const files = [
      { path: 'b/same.json', content: '1' },
      { path: 'b/changed.json', content: '2' },
      { path: 'a.json', content: '3' },
    ];
    assert.equal(
      (await findDrift(folder, files)).map(({ path, kind }) => `${kind} ${path}`),
      ['added a.json', 'changed b/changed.json', 'removed z.json'],
    );
    assert.equal(await findDrift(folder, [...files.slice(0, 1), { path: 'b/changed.json', content: '1' }, { path: 'z.json', content: '1' }]), []);
  });
});

test('a folder that is not there, or is a file, can not be compared with', async () => {
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'file'), '');
    for (const name of ['nowhere', 'file']) {
      try {
        await findDrift(join(folder, name), []);
        assert.unreachable();
      } catch (error) {
        assert.instance(error, Failure);
      }
    }
  });
});

test('a unified diff, without time stamps', () => {
  const text = differenceText([changed('a.json', '1\n2\n3\n', '1\nx\n3\n'), { path: 'b.json', kind: 'added', before: '', after: '1\n' }], plain);
  assert.is(text, 'changed  a.json\nadded    b.json\n\n--- a/a.json\n+++ b/a.json\n@@ -1,3 +1,3 @@\n 1\n-2\n+x\n 3\n');
});

test('what follows from the rest is shown only alone', () => {
  const manifest = changed('manifest.json', '1\n', '2\n');
  const sources = changed('proxies/a/b/sources.json', '1\n', '2\n');
  const routes = changed('proxies/a/b/routes.json', '1\n', '2\n');
  const shown = (differences: readonly Difference[]): readonly string[] => [...differenceText(differences, plain).matchAll(/^--- a\/(.*)$/gm)].map((match) => match[1] ?? '');
  assert.equal(shown([manifest, routes, sources]), ['proxies/a/b/routes.json']);
  assert.equal(shown([manifest, sources]), ['proxies/a/b/sources.json']);
  assert.equal(shown([manifest]), ['manifest.json']);
});

test('long diffs are cut, and the cut is told', () => {
  const one = differenceText([changed('a.json', lines(500, 'a'), lines(500, 'b'))], plain);
  assert.match(one, /… \d+ more lines/);
  assert.ok(one.split('\n').length < 220);
  const many = differenceText(Array.from({ length: 50 }, (_, index) => changed(`${index}.json`, lines(50, 'a'), lines(50, 'b'))), plain);
  assert.match(many, /… and \d+ more files/);
  assert.ok(many.split('\n').length < 1200);
  assert.match(many, 'changed  49.json');
});

test('files too different for a diff end soon', () => {
  const text = differenceText([changed('a.json', lines(20_000, 'a'), lines(20_000, 'b'))], plain);
  assert.match(text, '(too different to show)');
});

test('a golden can not drive the terminal', () => {
  assert.not.match(differenceText([changed('a\u001b.json', '\u001b[31m\n', '\u202e\n')], createPaint(false)), /[\u001b\u202e]/);
});

test.run();
