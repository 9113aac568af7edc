// What `smic inject` prints for each case of fixtures/inject: standard output and standard error, apart.
// The images, whose tags are smic's version unless told, are told.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMain } from '../../cli/run-main.ts';
import type { Output } from '../../cli/terminal/terminal.ts';
import { injectCases, readFolder } from '../goldens/golden-case.ts';

const update = process.env['UPDATE'] === '1';

process.chdir(join(import.meta.dirname, '..', '..'));

for (const { name, folder, files, inject = [] } of injectCases()) {
  test(name, async () => {
    const out = recorded();
    const err = recorded();
    const code = await runMain(['inject', ...files.map((file) => file.name), '--explain', '--image=smic:1', '--init-image=smic-init:1', ...inject], { out: out.output, err: err.output });
    const made = new Map([
      [inject.includes('--as-patch') ? 'patch.jsonl' : 'output.yaml', out.text()],
      ['report.txt', `${err.text()}exit code ${code}\n`],
    ].filter(([, text]) => text !== '') as [string, string][]);
    const expected = join(folder, 'expected');
    if (update) {
      rmSync(expected, { recursive: true, force: true });
      mkdirSync(expected, { recursive: true });
      for (const [path, text] of made) writeFileSync(join(expected, path), text);
    }
    const committed = readFolder(expected);
    assert.equal([...made.keys()].sort(), [...committed.keys()].sort());
    for (const [path, text] of made) assert.fixture(text, committed.get(path) ?? '', path);
  });
}

function recorded(): { readonly output: Output; readonly text: () => string } {
  let text = '';
  return {
    output: {
      isTTY: false,
      color: false,
      write: async (more) => {
        text += typeof more === 'string' ? more : new TextDecoder().decode(more);
      },
    },
    text: () => text,
  };
}

test.run();
