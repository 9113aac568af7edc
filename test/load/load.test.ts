import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCollector } from '../../compiler/diagnostics/collector.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { load } from '../../compiler/load/load.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';
import { bookstore, mutated, pieces } from './arbitraries.ts';

interface Loaded {
  readonly values: readonly unknown[];
  readonly diagnostics: readonly Diagnostic[];
}

function loadText(text: string): Loaded {
  const collector = createCollector();
  const values = load([{ name: 'a.yaml', text }], collector).map(({ value }) => value);
  return { values, diagnostics: collector.diagnostics };
}

/** `code line:column-line:column` of each finding. */
function findings(text: string): string[] {
  return loadText(text).diagnostics.map(({ code, place }) => `${code} ${place?.line}:${place?.column}-${place?.endLine}:${place?.endColumn}`);
}

test('the bookstore is read', () => {
  const { values, diagnostics } = loadText(bookstore);
  assert.equal(diagnostics, []);
  assert.equal(values, [
    {
      apiVersion: 'access.smi-spec.io/v1alpha3',
      kind: 'TrafficTarget',
      metadata: { name: 'bookstore', namespace: 'bookstore', annotations: { note: 'a "quoted" text: with a colon # and no comment', other: "it's" } },
      spec: {
        destination: { kind: 'ServiceAccount', name: 'bookstore' },
        rules: [{ kind: 'HTTPRouteGroup', name: 'bookstore-routes', matches: ['buy-a-book', 'books'] }],
        sources: [
          { kind: 'ServiceAccount', name: 'bookbuyer', namespace: 'bookbuyer' },
          { kind: 'ServiceAccount', name: 'bookthief', namespace: 'bookbuyer' },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'bookstore' },
      spec: { ports: [{ port: 14001, name: 'bookstore-port' }, { port: 80, targetPort: 80 }], selector: null, note: 'several\nlines\n', folded: 'several lines' },
    },
  ]);
});

test('CRLF, a byte order mark, comments and empty documents change nothing', () => {
  const values = loadText(bookstore).values;
  assert.equal(loadText(bookstore.replaceAll('\n', '\r\n')).values, values);
  assert.equal(loadText(`\ufeff${bookstore}`).values, values);
  assert.equal(loadText(`---\n# nothing\n---\n\n---\nnull\n--- # c\n${bookstore}---\n`).values, values);
});

test('JSON: one value, or several', () => {
  assert.equal(loadText('{"a": [1, "\\u00e4", null]}').values, [{ a: [1, 'ä', null] }]);
  assert.equal(loadText('{\n\t"a": 1\n}\n').values, [{ a: 1 }]);
  assert.equal(loadText('{"a": 1}\n{"b": 2}\n').values, [{ a: 1 }, { b: 2 }]);
});

test('broken documents, each on its own', () => {
  assert.equal(findings('a: b: c\n---\nok: 1\n---\nx: "y\n---\n- a\nb\n'), ['SMIC1001 1:4-1:5', 'SMIC1001 5:4-5:5', 'SMIC1001 8:1-8:2']);
  assert.equal(loadText('a: b: c\n---\nok: 1\n').values, [{ ok: 1 }]);
  assert.equal(findings('a:\n\t- b\n'), ['SMIC1001 2:1-2:2']);
  assert.equal(findings('%YAML 1.2\n').map((finding) => finding.slice(0, 8)), ['SMIC1001']);
});

test('duplicate keys, in every style', () => {
  assert.equal(findings('a: 1\nb: 2\na: 3\n'), ['SMIC1002 3:1-3:2']);
  assert.equal(findings('x: {a: 1, "a": 2}\n'), ['SMIC1002 1:11-1:14']);
  assert.equal(findings('{"a": {"b": 1, "b": 1}}'), ['SMIC1002 1:16-1:19']);
  // A key that kubectl turns into the same text.
  assert.equal(findings('true: 1\n"true": 2\n'), ['SMIC1002 2:1-2:7']);
  const [diagnostic] = loadText('a: 1\nb: 2\na: 3\n').diagnostics;
  assert.is(diagnostic?.related[0]?.place?.line, 1);
});

test('keys that kubectl makes texts, and keys that it refuses', () => {
  assert.equal(loadText('9000: a\ntrue: b\n1.5: c\n').values, [{ 9000: 'a', true: 'b', 1.5: 'c' }]);
  assert.equal(findings('? [a]\n: b\n'), ['SMIC1006 1:3-1:6']);
  assert.equal(findings('~: b\n'), ['SMIC1006 1:1-1:2']);
});

test('a key __proto__ is a key', () => {
  for (const text of ['__proto__: {admin: true}\n', '{"__proto__": {"admin": true}}', 'a: &a {__proto__: {admin: true}}\nb: {<<: *a}\n']) {
    const [value] = loadText(text).values as Record<string, unknown>[];
    assert.ok(value);
    assert.is(Object.getPrototypeOf(value), Object.prototype);
    const inner = 'b' in value ? (value['b'] as object) : value;
    assert.ok(Object.hasOwn(inner, '__proto__'));
    assert.is((inner as { admin?: unknown }).admin, undefined);
  }
});

test('merges: what stands in the mapping counts, then the first merge', () => {
  assert.equal(loadText('v: &v {a: 1, b: 1}\nw: &w {b: 2, c: 2}\nz:\n  a: 0\n  <<: [*v, *w]\n').values, [{ v: { a: 1, b: 1 }, w: { b: 2, c: 2 }, z: { a: 0, b: 1, c: 2 } }]);
  assert.equal(loadText('"<<": {a: 1}\n').values, [{ '<<': { a: 1 } }]);
  assert.equal(findings('a: {<<: 1}\n'), ['SMIC1001 1:9-1:10']);
});

test('aliases: bombs, missing and circular ones', () => {
  const list = (item: string): string => `[${Array.from({ length: 10 }, () => item).join(', ')}]`;
  const bomb = `a0: &a0 ${list('x')}\n${Array.from({ length: 9 }, (_, index) => `a${index + 1}: &a${index + 1} ${list(`*a${index}`)}\n`).join('')}`;
  assert.equal(findings(bomb).map((finding) => finding.slice(0, 8)), ['SMIC1004']);
  assert.equal(findings('a: *b\n'), ['SMIC1010 1:4-1:6']);
  assert.equal(findings('a: &a [*a]\n'), ['SMIC1010 1:8-1:10']);
  // An anchor doesn't reach into the next document.
  assert.equal(findings('a: &a 1\n---\nb: *a\n'), ['SMIC1010 3:4-3:6']);
  assert.equal(loadText(`a: &a 1\nb: [${'*a, '.repeat(500)}]\n`).diagnostics, []);
});

test('tags', () => {
  assert.equal(loadText('a: !!str 12\nb: !!int "12"\nc: !!map {d: ! 1}\n').values, [{ a: '12', b: 12, c: { d: '1' } }]);
  for (const text of ['a: !vault x\n', 'a: !vault {b: c}\n', 'a: !!binary YQ==\n', 'a: !!set {b}\n', 'a: !!int x\n', 'a: !e!x y\n']) {
    assert.equal(findings(text).map((finding) => finding.slice(0, 8)), ['SMIC1007'], text);
  }
});

test('words that YAML 1.1 and 1.2 read differently are read as kubectl does, with a warning where smic reads the object', () => {
  const text = 'apiVersion: v1\nkind: Service\nspec: {a: yes, b: 010, c: "no", 1_0: x}\n';
  const { values, diagnostics } = loadText(text);
  assert.equal(values, [{ apiVersion: 'v1', kind: 'Service', spec: { a: true, b: 8, c: 'no', 10: 'x' } }]);
  assert.equal(diagnostics.map(({ code, level, place }) => [code, level, place?.line, place?.column]), [['SMIC1008', 'warning', 3, 11], ['SMIC1008', 'warning', 3, 19], ['SMIC1008', 'warning', 3, 33]]);
  assert.equal(findings(text.replace('apiVersion: v1', 'apiVersion: example.com/v1')), []);
});

test('templates', () => {
  for (const text of ['a: {{ .Values.b }}\n', '{{- if .Values.a }}\na: b\n{{- end }}\n', 'a:\n  {{- toYaml .Values.a | nindent 2 }}\n']) {
    assert.equal(findings(text).map((finding) => finding.slice(0, 8)), ['SMIC1009'], text);
  }
  assert.equal(findings('a: "{{ .Values.b }}"\n'), []);
});

test('what is no text, and line ends that only kubectl knows', () => {
  assert.equal(findings('a: \0b\n'), ['SMIC1003 1:4-1:5']);
  assert.equal(findings('a: b\nc: \ufffd\n'), ['SMIC1003 2:4-2:5']);
  for (const text of ['a: # c\rb: c', 'a: # c\u2028b: c', 'a: # c\u0085b: c', 'a: \ud800', 'a: \u001b[0m']) assert.equal(findings(text).map((finding) => finding.slice(0, 8)), ['SMIC1003'], JSON.stringify(text));
});

test('depth has a bound, in every style', () => {
  for (const open of ['[', '{a: ', '- ', '? ', 'a: [{b: ', '{"a":']) {
    assert.equal(findings(open.repeat(20_000)).map((finding) => finding.slice(0, 8)), ['SMIC1005'], open);
  }
  const block = Array.from({ length: 1000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n');
  assert.equal(findings(block).map((finding) => finding.slice(0, 8)), ['SMIC1005']);
  assert.equal(findings(`${'['.repeat(150)}${']'.repeat(150)}`), []);
});

test('size is no matter of depth: long lines, many keys, many documents', () => {
  assert.is(loadText(`a: ${'x'.repeat(2_000_000)}\n`).diagnostics.length, 0);
  assert.is(loadText(Array.from({ length: 20_000 }, (_, index) => `k${index}: !!str 1\n`).join('')).diagnostics.length, 0);
  assert.is(loadText('a: 1\n---\n'.repeat(20_000)).values.length, 20_000);
});

function neverThrows(text: string): void {
  const collector = createCollector();
  const documents = load([{ name: 'a.yaml', text }], collector);
  const objects = rawObjects(documents, collector);
  const lines = text.split('\n');
  for (const { place } of collector.diagnostics) {
    assert.ok(place && place.line >= 1 && place.line <= lines.length && place.column >= 1, JSON.stringify({ text, place }));
    assert.ok(place.endLine > place.line || (place.endLine === place.line && place.endColumn >= place.column), JSON.stringify({ text, place }));
    assert.ok(place.column <= (lines[place.line - 1] ?? '').length + 1, JSON.stringify({ text, place }));
  }
  // Whatever isn't understood is told.
  if (documents.length > objects.length) assert.ok(collector.diagnostics.length > 0 || documents.some(({ value }) => JSON.stringify(value).includes('items')));
}

test('any text gives documents or findings, never an exception', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 60, unit: 'binary' }), fc.string({ maxLength: 60 }), pieces), neverThrows), { numRuns: 3000 });
});

test('a damaged bookstore gives documents or findings, never an exception', () => {
  fc.assert(fc.property(mutated(bookstore), neverThrows), { numRuns: 1000 });
});

test.run();
