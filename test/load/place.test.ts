import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCollector } from '../../compiler/diagnostics/collector.ts';
import type { Place } from '../../compiler/diagnostics/diagnostic.ts';
import type { Document, Path } from '../../compiler/load/document.ts';
import { load } from '../../compiler/load/load.ts';
import { placeOf } from '../../compiler/load/place.ts';
import { readPlain } from '../../compiler/load/plain-scalar.ts';
import { bookstore, written } from './arbitraries.ts';

/** The text of a file that a place stands for. */
function textAt(text: string, { line, column, endLine, endColumn }: Place): string {
  const lines = text.split('\n');
  if (line === endLine) return (lines[line - 1] ?? '').slice(column - 1, endColumn - 1);
  const last = (lines[endLine - 1] ?? '').slice(0, endColumn - 1);
  return [(lines[line - 1] ?? '').slice(column - 1), ...lines.slice(line, endLine - 1), last].join('\n');
}

function loadAll(text: string): readonly Document[] {
  return load([{ name: 'a.yaml', text }], createCollector());
}

function at(text: string, index: number, path: Path, part?: 'key' | 'value', objectPath: Path = []): string {
  const document = loadAll(text)[index];
  assert.ok(document);
  return textAt(text, placeOf({ document, path: objectPath }, path, part));
}

test('places of keys, values, blocks and items', () => {
  assert.is(at(bookstore, 0, ['metadata', 'name']), 'bookstore');
  assert.is(at(bookstore, 0, ['metadata', 'name'], 'key'), 'name');
  assert.is(at(bookstore, 0, ['metadata']), 'metadata');
  assert.is(at(bookstore, 0, ['metadata'], 'value'), 'name: bookstore');
  assert.is(at(bookstore, 0, ['metadata', 'annotations', 'other']), "'it''s'");
  assert.is(at(bookstore, 0, ['spec', 'destination']), '{kind: ServiceAccount, name: bookstore}');
  assert.is(at(bookstore, 0, ['spec', 'rules', 0]), 'kind: HTTPRouteGroup');
  assert.is(at(bookstore, 0, ['spec', 'rules', 0, 'matches', 1]), '"books"');
  assert.is(at(bookstore, 0, []), 'apiVersion: access.smi-spec.io/v1alpha3');
  assert.is(at(bookstore, 1, ['spec', 'ports', 1, 'targetPort']), '0x50');
  assert.is(at(bookstore, 1, ['spec', 'selector']), 'selector');
  assert.is(at(bookstore, 1, ['spec', 'note']), '|');
});

test('lines are those of the file', () => {
  const [, second] = loadAll(bookstore);
  assert.ok(second);
  const line = bookstore.split('\n').findIndex((text) => text.includes('14001')) + 1;
  assert.equal(placeOf({ document: second, path: [] }, ['spec', 'ports', 0, 'port']), { file: 'a.yaml', line, column: 11, endLine: line, endColumn: 16 });
});

test('what a merge brings is found where it was written', () => {
  assert.is(at(bookstore, 0, ['spec', 'sources', 1, 'name']), 'bookthief');
  assert.is(at(bookstore, 0, ['spec', 'sources', 1, 'namespace']), 'bookbuyer');
});

test('a path that leads nowhere stands for its nearest parent', () => {
  assert.is(at(bookstore, 0, ['spec', 'destination', 'port']), '{kind: ServiceAccount, name: bookstore}');
  assert.is(at(bookstore, 0, ['metadata', 'labels', 'app']), 'metadata');
  assert.is(at(bookstore, 0, ['metadata', 'name', 'deeper'], 'key'), 'bookstore');
  assert.is(at(bookstore, 0, ['nothing']), 'apiVersion: access.smi-spec.io/v1alpha3');
  assert.is(at(bookstore, 0, ['spec', 'rules', 7], 'value'), 'rules');
});

test('the object in a List, NDJSON, byte order mark, CRLF and wide characters', () => {
  const list = 'apiVersion: v1\nkind: List\nitems:\n- kind: A\n- kind: B\n  x: y\n';
  assert.is(at(list, 0, ['x'], undefined, ['items', 1]), 'y');
  assert.is(at(list, 0, [], undefined, ['items', 1]), 'kind: B');
  assert.is(at('{"a": 1}\n {"b": {"c": 2}}', 1, ['b', 'c']), '2');
  const [marked] = loadAll('\ufeffa: b\n');
  assert.ok(marked);
  assert.is(placeOf({ document: marked, path: [] }, ['a']).column, 4);
  assert.is(at('a: 1\r\nb:\r\n  c: d\r\n', 0, ['b'], 'value'), 'c: d');
  assert.is(at('{"😀": "x", "b": "y"}', 0, ['b']), '"y"');
});

test('a large document keeps its positions', () => {
  const text = `items:\n${Array.from({ length: 20_000 }, (_, index) => `- n${index}`).join('\n')}\n`;
  const [document] = loadAll(text);
  assert.ok(document?.locate);
  assert.is(document.locate(), document.locate());
  assert.is(textAt(text, placeOf({ document, path: [] }, ['items', 19_999])), 'n19999');
});

test('every scalar of a generated document stands where its place says', () => {
  const check = (text: string, document: Document, value: unknown, path: Path): void => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) check(text, document, child, [...path, Array.isArray(value) ? Number(key) : key]);
      return;
    }
    const found = textAt(text, placeOf({ document, path: [] }, path, 'value'));
    // A text over several lines is shown by its first: its header, or the start of it.
    if (/^[|>]/.test(found)) return;
    if (/^["']/.test(found) && !/^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')$/.test(found)) return;
    const read = /^["']/.test(found) ? (loadAll(`v: ${found}`)[0]?.value as { v: unknown } | undefined)?.v : readPlain(found);
    const message = `${path.join('.')} in ${JSON.stringify(text)}`;
    if (typeof value === 'string' && value.includes(' ')) assert.ok(value.startsWith(String(read)) && String(read) !== '', message);
    else assert.is(String(read), String(value), message);
  };
  fc.assert(
    fc.property(written, fc.constantFrom('', '# c\n', '---\n', 'x: y\n---\n'), ({ text: body }, before) => {
      const text = before + body;
      const document = loadAll(text).at(-1);
      if (document) check(text, document, document.value, []);
    }),
    { numRuns: 300 },
  );
});

test.run();
