import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pages } from '../../cli/checkup/result.ts';
import { root } from './run-smic.ts';

test('whatever a check points to is a heading of docs/operate.md, and nothing else is there', () => {
  const headings = [...readFileSync(join(root, 'docs', 'operate.md'), 'utf8').matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
  assert.equal(headings, [...pages]);
});

test.run();
