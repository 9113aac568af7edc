import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogModule } from '../../scripts/generate/catalog-module.ts';

const good = '{level: error, title: a, why: b, fix: c}';

function message(text: string): string {
  try {
    catalogModule('f.yaml', text);
  } catch (error) {
    return String(error);
  }
  return '';
}

const wrong: readonly (readonly [text: string, says: string])[] = [
  ['a: b: c', 'f.yaml:1: Nested mappings'],
  ['- a', 'not a mapping of codes'],
  ['foo: {}', 'f.yaml:1: "foo" is not a code'],
  [`SMIC1002: ${good}\nSMIC1001: ${good}`, 'f.yaml:2: SMIC1001 stands after SMIC1002'],
  [`SMIC1001: ${good}\nSMIC1001: ${good}`, 'f.yaml:2: Map keys must be unique'],
  ['SMIC1001: {level: error, title: a, why: b}', 'SMIC1001: "fix" is missing'],
  ['SMIC1001: {level: bad, title: a, why: b, fix: c}', '"level" is not one of'],
  ['SMIC1001: {level: error, title: "", why: b, fix: c}', '"title" is not a text'],
  ['SMIC1001: {level: error, title: a, why: b, fix: c, exmple: d}', 'unknown field "exmple"'],
  ['SMIC1001: x', 'the entry is not a mapping'],
];

for (const [text, says] of wrong) {
  test(`refuses ${JSON.stringify(text)}`, () => {
    assert.ok(message(text).includes(says), message(text));
  });
}

test('a good catalog becomes a module', () => {
  const text = catalogModule('f.yaml', `SMIC1001: ${good}\nSMIC2001: {level: note, title: a, why: b, fix: c, example: "x\\ny"}\n`);
  assert.ok(text.includes("export type Code =\n  | 'SMIC1001'\n  | 'SMIC2001';"), text);
  assert.ok(text.includes('SMIC2001: {"level":"note","title":"a","why":"b","fix":"c","example":"x\\ny"},'), text);
});

test.run();
