import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages } from '../../scripts/docs/pages.ts';
import { root } from './run-smic.ts';

for (const [path, page] of Object.entries(pages)) {
  test(`${path} is in step with what it is made from (UPDATE=1 writes it)`, () => {
    const file = join(root, path);
    if (process.env['UPDATE'] === '1') {
      writeFileSync(file, page());
    }
    assert.fixture(readFileSync(file, 'utf8'), page());
  });
}

test('links between the pages lead somewhere, and the index names every page', () => {
  const names = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  for (const name of names) {
    const text = readFileSync(join(root, 'docs', name), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)) {
      assert.ok(readdirSync(join(root, 'docs', target, '..')).includes(target.split('/').at(-1) ?? ''), `${name}: ${target}`);
    }
  }
  const index = readFileSync(join(root, 'docs', 'README.md'), 'utf8');
  for (const name of names.filter((other) => other !== 'README.md')) {
    assert.match(index, `(${name})`);
  }
});

test.run();
