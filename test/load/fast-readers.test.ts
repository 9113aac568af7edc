import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readJson } from '../../compiler/load/read-json.ts';
import { readSimpleYaml } from '../../compiler/load/read-simple-yaml.ts';
import { readYaml } from '../../compiler/load/read-yaml.ts';
import type { EntryRange, Recorder } from '../../compiler/load/record.ts';
import { splitDocuments } from '../../compiler/load/split-documents.ts';
import { bookstore, mutated, pieces, written } from './arbitraries.ts';

type Reader = (text: string, recorder: Recorder) => { readonly value: unknown } | undefined;

/** Keeps ranges by path rather than by object, so that those of two readers can be compared. */
function readWithRanges(read: Reader, text: string): { readonly value: unknown; readonly ranges: readonly string[] } | undefined {
  const ranges = new Map<object, Map<string | number, EntryRange>>();
  const recorder: Recorder = {
    set: (owner, step, range) => void ranges.set(owner, (ranges.get(owner) ?? new Map()).set(step, range)),
    get: (owner, step) => ranges.get(owner)?.get(step),
  };
  const reading = read(text, recorder);
  if (!reading) return undefined;
  const lines: string[] = [];
  const walk = (node: unknown, at: string): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [step, range] of ranges.get(node) ?? []) {
      const { keyStart, keyEnd, valueStart, valueEnd } = range;
      lines.push(`${at}/${step} ${keyStart} ${keyEnd} ${valueStart} ${valueEnd}`);
      walk((node as Record<string | number, unknown>)[step], `${at}/${step}`);
    }
  };
  walk(reading.value, '');
  return { value: reading.value, ranges: lines };
}

/** Whether the fast reader knew the text. Fails where it gives anything else than the full reader. */
function agrees(fast: Reader, text: string): boolean {
  const quick = readWithRanges(fast, text);
  if (!quick) return false;
  const full = readYaml(text);
  assert.equal(full.problems, [], `the full reader finds a problem in ${JSON.stringify(text)}`);
  assert.equal(quick, readWithRanges(readYaml, text), JSON.stringify(text));
  return true;
}

const documentsOf = (text: string): string[] => splitDocuments(text).map((document) => document.text);

test('the simple reader gives what the full reader gives, for written values', () => {
  let known = 0;
  fc.assert(fc.property(written, ({ text }) => void (known += agrees(readSimpleYaml, text) ? 1 : 0)), { numRuns: 500 });
  assert.ok(known > 50, `the simple reader knew ${known} of 500`);
});

test('the simple reader gives what the full reader gives, for pieces in any order', () => {
  let known = 0;
  fc.assert(
    fc.property(pieces, (text) => {
      for (const document of documentsOf(text)) known += agrees(readSimpleYaml, document) ? 1 : 0;
    }),
    { numRuns: 2000 },
  );
  assert.ok(known > 100, `the simple reader knew ${known}`);
});

test('the simple reader gives what the full reader gives, for a damaged document', () => {
  const [first = ''] = documentsOf(bookstore);
  const simple = first.replace('destination: {kind: ServiceAccount, name: bookstore}', 'destination: {}').replace('&buyer\n      ', '').replace('- <<: *buyer\n      ', '- ');
  assert.ok(agrees(readSimpleYaml, simple));
  fc.assert(fc.property(mutated(simple), (text) => void documentsOf(text).forEach((document) => agrees(readSimpleYaml, document))), { numRuns: 1000 });
});

test('the JSON reader gives what the full reader gives', () => {
  fc.assert(
    fc.property(written, fc.constantFrom(undefined, 2), ({ value }, indent) => {
      const text = JSON.stringify(value, null, indent);
      assert.ok(agrees(readJson, text) || /__proto__|constructor/.test(text), text);
    }),
    { numRuns: 500 },
  );
});

test('the JSON reader gives what the full reader gives, for damaged JSON', () => {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80, name: 'a"b\\c\nd' }, true, null, -1.5e3] } }, null, 1);
  fc.assert(fc.property(mutated(text), (damaged) => void agrees(readJson, damaged)), { numRuns: 1000 });
});

test('the JSON reader leaves duplicate keys and depth to the full reader', () => {
  assert.is(readJson('{"a": 1, "a": 1}'), undefined);
  assert.is(readJson('['.repeat(500) + ']'.repeat(500)), undefined);
  assert.is(readJson(`${'{"a":'.repeat(500)}1${'}'.repeat(500)}`), undefined);
  assert.equal(readJson(' {"a": [1, -0, {}]}\n'), { value: { a: [1, 0, {}] } });
});

test.run();
