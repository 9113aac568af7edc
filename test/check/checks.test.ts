// Each of the project's own lint rules is seen to find what it is for, and to pass what is right.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fileLengthFaults } from '../../scripts/check/file-length.ts';
import { importDirectionFaults } from '../../scripts/check/import-direction.ts';
import { leftoverFaults } from '../../scripts/check/leftovers.ts';
import { lockFileFaults } from '../../scripts/check/lock-file.ts';

const wrong: readonly (readonly [path: string, line: string, says: string])[] = [
  ['compiler/mesh/a.ts', "import { b } from '../../cli/b.ts';", 'must not import cli/b.ts'],
  ['compiler/mesh/a.ts', "import type { b } from '../envoy/b.ts';", 'envoy comes after it'],
  ['compiler/artifact/a.ts', "import type { b } from '../envoy/b.ts';", 'envoy comes after it'],
  ['compiler/load/a.ts', "const b = await import('../mesh/b.ts');", 'mesh comes after it'],
  ['compiler/load/a.ts', "export { b } from '../index.ts';", 'index comes after it'],
  ['compiler/load/a.ts', "import { b } from '../other/b.ts';", 'no stage'],
  ['compiler/encode/a.ts', "import { b } from '../load/b.ts';", 'must not import the stage load'],
  ['compiler/load/a.ts', "import { readFileSync } from 'node:fs';", 'node:fs'],
  ['compiler/load/a.ts', "import net from 'node:net';", 'node:net'],
  ['compiler/load/a.ts', 'const a = process.env;', 'no process'],
  ['compiler/load/a.ts', 'const a = Date.now();', 'no Date.now'],
  ['compiler/load/a.ts', 'const a = new Date();', 'no new Date()'],
  ['compiler/load/a.ts', 'const a = Math.random();', 'no Math.random'],
  ['compiler/load/a.ts', 'const a = performance.now();', 'no performance'],
  ['server/a.ts', "import { b } from '../cli/b.ts';", 'must not import cli/b.ts'],
  ['cli/a.ts', "import { b } from '../test/b.ts';", 'must not import test/b.ts'],
];

for (const [path, line, says] of wrong) {
  test(`import direction: ${path} must not contain ${line}`, () => {
    const faults = importDirectionFaults({ path, text: `// First line.\n${line}\n` });
    assert.is(faults.length, 1, JSON.stringify(faults));
    assert.is(faults[0]?.line, 2);
    assert.ok(faults[0]?.message.includes(says), faults[0]?.message);
  });
}

test('import direction: an import over several lines is found', () => {
  const text = "import {\n  a,\n  b,\n} from '../envoy/b.ts';\n";
  assert.is(importDirectionFaults({ path: 'compiler/load/a.ts', text })[0]?.line, 4);
});

test('import direction: what points down is right', () => {
  const text = [
    "import { createHash } from 'node:crypto';",
    "import { parseDocument } from 'yaml';",
    "import { a } from '../load/a.ts';",
    "import { b } from './b.ts';",
    "import type { c } from '../diagnostics/c.ts';",
    "import { d } from '../artifact/d.ts';",
    '// Like process.env or Date.now(), but pure.',
    "const message = 'Math.random()';",
    'const field = { process: message, other: object.performance };',
  ].join('\n');
  assert.equal(importDirectionFaults({ path: 'compiler/envoy/a.ts', text }), []);
  assert.equal(importDirectionFaults({ path: 'cli/a.ts', text: "import { readFileSync } from 'node:fs';\nprocess.exit();" }), []);
});

test('file length: 500 lines are right, 501 are not', () => {
  assert.equal(fileLengthFaults({ path: 'a.ts', text: 'x\n'.repeat(500) }), []);
  assert.is(fileLengthFaults({ path: 'a.ts', text: 'x\n'.repeat(501) }).length, 1);
});

test('leftovers', () => {
  const lines = (path: string, text: string): number[] => leftoverFaults({ path, text }).map((fault) => fault.line);
  assert.equal(lines('a.ts', `const a = 1; // ${'TODO'}\n// ${'TODO'}: the reason stands here\n/* ${'FIXME'} */`), [3, 1]);
  assert.equal(lines('a.test.ts', "test('a');\ntest.only('b');\ntest.skip('c');\n(envoy ? test : test.skip)('d');\n// test.only('e')"), [2, 3]);
  assert.equal(lines('a.ts', "program.skip('c');"), []);
});

test('lock file: no registry', () => {
  const text = '{\n  "resolved": "https://example.org/a.tgz"\n}';
  assert.is(lockFileFaults({ path: 'package-lock.json', text })[0]?.line, 2);
});

test.run();
