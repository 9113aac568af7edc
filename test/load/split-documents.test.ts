import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { readDocument } from '../../compiler/load/read-document.ts';
import { splitDocuments } from '../../compiler/load/split-documents.ts';
import { splitJson } from '../../compiler/load/split-json.ts';
import { pieces, written } from './arbitraries.ts';

const split = (text: string): (readonly [number, string])[] => splitDocuments(text).map((part) => [part.line, part.text] as const);

test('a line --- parts documents, with a comment, spaces or CRLF behind it too', () => {
  assert.equal(split('a: 1\n---\nb: 2\n'), [[1, 'a: 1\n'], [3, 'b: 2\n']]);
  assert.equal(split('---\na: 1\n--- # two\nb: 2'), [[2, 'a: 1\n'], [4, 'b: 2']]);
  assert.equal(split('a: 1\r\n---\r\nb: 2\r\n'), [[1, 'a: 1\r\n'], [3, 'b: 2\r\n']]);
  assert.equal(split('a: 1\n---  \t\nb: 2'), [[1, 'a: 1\n'], [3, 'b: 2']]);
  assert.equal(split('---\n---\n---'), []);
});

test('content behind --- stays in the text', () => {
  assert.equal(split('a: 1\n--- {b: 2}\n--- |\n  c\n'), [[1, 'a: 1\n'], [2, '--- {b: 2}\n'], [3, '--- |\n  c\n']]);
});

test('what only looks like a marker parts nothing', () => {
  for (const text of ['a: |\n  ---\n  b', 'a: 1\n ---\n', '---a: 1', '----\n', 'a: ---\n', '....\n', 'a: "x\n ---"\n']) {
    assert.equal(split(text), [[1, text]], text);
  }
});

test('a marker ends a document within a block scalar and within quotes', () => {
  assert.equal(split('a: |\n  b\n---\nc: d\n'), [[1, 'a: |\n  b\n'], [4, 'c: d\n']]);
  assert.equal(split('a: "b\n---\nc"\n'), [[1, 'a: "b\n'], [3, 'c"\n']]);
});

test('... ends a document, and directives belong to the next', () => {
  assert.equal(split('a: 1\n...\nb: 2\n'), [[1, 'a: 1\n...\n'], [3, 'b: 2\n']]);
  assert.equal(split('# c\n%YAML 1.2\n---\na: 1\n'), [[1, '# c\n%YAML 1.2\n---\na: 1\n']]);
  assert.equal(split('a: 1\n...\n%YAML 1.2\n---\nb: 2\n'), [[1, 'a: 1\n...\n'], [3, '%YAML 1.2\n---\nb: 2\n']]);
});

/** What the yaml library finds in a stream, without the empty documents; undefined where it finds a fault. */
function libraryValues(text: string): unknown[] | undefined {
  const documents = parseAllDocuments(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' }) as unknown as { errors: unknown[]; toJS(): unknown }[];
  try {
    if (documents.some(({ errors }) => errors.length > 0)) return undefined;
    return documents.map((document) => document.toJS()).filter((value) => value !== null && value !== '');
  } catch {
    // An alias without an anchor.
    return undefined;
  }
}

const separator = fc.constantFrom('---\n', '--- # c\n', '---   \n', '...\n---\n', '...\n', '---\n# c\n---\n', '...\n%YAML 1.2\n---\n', '...\n# c\n');

test('generated streams have the documents that the yaml library finds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(written, separator), { minLength: 1, maxLength: 5 }), fc.boolean(), (parts, crlf) => {
      const lf = parts.map(([{ text }, end]) => text + end).join('');
      const text = crlf ? lf.replaceAll('\n', '\r\n') : lf;
      const expected = libraryValues(text);
      assert.ok(expected);
      deepStrictEqual(splitDocuments(text).flatMap((part) => libraryValues(part.text) ?? ['fault']), expected, JSON.stringify(text));
    }),
    { numRuns: 300 },
  );
});

test('what the yaml library reads without error is the same split as whole', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      // A byte order mark may begin a document (YAML 1.2.2, 5.2), but for the library only the first.
      const expected = text.includes('\ufeff') ? undefined : libraryValues(text);
      if (expected) deepStrictEqual(splitDocuments(text).flatMap((part) => libraryValues(part.text) ?? ['fault']), expected, JSON.stringify(text));
    }),
    { numRuns: 2000 },
  );
});

test('JSON objects one behind the other are parted', () => {
  const parts = splitJson({ text: '{"a": 1}\n\n {"b": "}{\\""}\n{\n "c": []}\n', line: 1 });
  deepStrictEqual(parts, [{ text: '{"a": 1}', line: 1 }, { text: ' {"b": "}{\\""}', line: 3 }, { text: '{\n "c": []}', line: 4 }]);
  for (const text of ['{"a": 1}', '{"a": 1} {"b": 2}', '{"a": 1}\nb: 2', '{"a": 1}\n{', '{{}}}\n{}', 'a: 1', '']) assert.is(splitJson({ text, line: 1 }), undefined, text);
});

test('JSON objects one a line are read as each alone', () => {
  fc.assert(
    fc.property(fc.array(written, { minLength: 2, maxLength: 4 }), fc.constantFrom(undefined, 1), (documents, indent) => {
      const texts = documents.map(({ value }) => JSON.stringify({ value }, null, indent));
      const parts = splitJson({ text: texts.join('\n'), line: 1 });
      deepStrictEqual(parts?.map(({ text }) => readDocument(text).value), texts.map((text) => readDocument(text).value));
    }),
    { numRuns: 200 },
  );
});

test.run();
