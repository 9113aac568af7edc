import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { catalog } from '../../compiler/diagnostics/generated/catalog.ts';
import { goldenCases, injectCases, readFolder } from '../goldens/golden-case.ts';

const root = join(import.meta.dirname, '..', '..');

/** Codes that no input text can raise: they speak of the file system, of flags, or of faults of smic's own. */
const notFromText = new Set([
  'SMIC1030',
  'SMIC1031',
  'SMIC1032',
  'SMIC1033',
  'SMIC1034',
  'SMIC1035',
  'SMIC1036',
  'SMIC1901',
  'SMIC1902',
  'SMIC9001',
]);

test('every diagnostic is raised by a golden case, or else named by a test', () => {
  const raised = new Set(goldenCases().flatMap(({ folder }) => codesIn(readFolder(join(folder, 'expected')).get('diagnostics.txt'))));
  const named = new Set(textsBelow('test', '.test.ts').flatMap(codesIn));
  const missing = Object.keys(catalog).filter((code) => !raised.has(code) && !(notFromText.has(code) && named.has(code)));
  assert.equal(missing, []);
});

test('every diagnostic has its place on the page of diagnostics', () => {
  const page = codesIn(readFileSync(join(root, 'docs', 'diagnostics.md'), 'utf8'));
  assert.equal(Object.keys(catalog).filter((code) => !page.includes(code)), []);
});

test('every check is registered', () => {
  const registered = readFileSync(join(root, 'compiler', 'checks', 'run-checks.ts'), 'utf8');
  const checks = readdirSync(join(root, 'compiler', 'checks')).filter((name) => !['check.ts', 'run-checks.ts'].includes(name));
  assert.ok(checks.length > 0);
  assert.equal(checks.filter((name) => !registered.includes(`'./${name}'`)), []);
});

test('every file of the fixtures belongs to a case', () => {
  const cases = [...goldenCases(), ...injectCases()];
  const read = new Set(cases.flatMap(({ files }) => files.map(({ name }) => name)));
  const own = new Set(cases.map(({ folder }) => relative(root, join(folder, 'case.yaml'))));
  const unused = [...readFolder(join(root, 'fixtures')).keys()]
    .map((path) => join('fixtures', path))
    .filter((path) => !path.includes('/expected/') && !read.has(path) && !own.has(path));
  assert.equal(unused, []);
});

test.run();

function codesIn(text: string | undefined): readonly string[] {
  return text?.match(/SMIC\d{4}/g) ?? [];
}

function textsBelow(folder: string, ending: string): readonly string[] {
  return [...readFolder(join(root, folder))].flatMap(([path, text]) => (path.endsWith(ending) ? [text] : []));
}
