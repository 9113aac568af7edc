import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { invariant } from '../../compiler/diagnostics/invariant.ts';
import { sortDiagnostics } from '../../compiler/diagnostics/sort.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';

test('suggest finds what was meant', () => {
  assert.is(suggest('getonly', ['get-only', 'post-only']), 'get-only');
  assert.is(suggest('souces', ['rules', 'sources', 'destination']), 'sources');
  assert.is(suggest('destiantion', ['rules', 'sources', 'destination']), 'destination');
  assert.is(suggest('KIND', ['name', 'kind']), 'kind');
  assert.is(suggest('apiversion', ['apiVersion']), 'apiVersion');
});

test('suggest keeps silent where nothing is close', () => {
  assert.is(suggest('weight', ['rules', 'sources']), undefined);
  assert.is(suggest('ab', ['cd', 'a']), undefined);
  assert.is(suggest('', ['a', '']), undefined);
  assert.is(suggest('name', []), undefined);
  // The name itself isn't what else was meant.
  assert.is(suggest('name', ['name']), undefined);
});

test('suggest does not depend on the order of the candidates', () => {
  assert.is(suggest('book', ['cook', 'boot']), 'boot');
  assert.is(suggest('book', ['boot', 'cook']), 'boot');
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
  fc.assert(fc.property(name, fc.array(name), (text, candidates) => assert.is(suggest(text, candidates), suggest(text, [...candidates].reverse()))));
});

test('suggest agrees with a plain table of distances', () => {
  const distance = (a: string, b: string): number => {
    const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)));
    const at = (i: number, j: number): number => table[i]?.[j] ?? Infinity;
    for (let i = 1; i <= a.length; i++) {
      for (let j = 1; j <= b.length; j++) {
        const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity;
        const row = table[i];
        if (row) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), swap);
      }
    }
    return at(a.length, b.length);
  };
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 10 });
  fc.assert(
    fc.property(name, name, (a, b) => {
      const close = a !== b && distance(a, b) <= Math.floor(Math.max(a.length, b.length) / 3);
      assert.is(suggest(a, [b]), close ? b : undefined);
    }),
    { numRuns: 2000 },
  );
});

test('findings are sorted by file, line, column, code', () => {
  const finding = (code: Diagnostic['code'], file?: string, line = 1, column = 1): Diagnostic => ({
    code, level: 'error', message: '', why: '', fix: '', related: [], ...(file !== undefined && { place: { file, line, column, endLine: line, endColumn: column } }),
  });
  const sorted = [finding('SMIC1002', 'a', 1, 9), finding('SMIC1001', 'a', 2, 1), finding('SMIC1002', 'a', 2, 1), finding('SMIC1001', 'a', 10), finding('SMIC1001', 'b'), finding('SMIC1001'), finding('SMIC1002')];
  fc.assert(fc.property(fc.shuffledSubarray(sorted, { minLength: sorted.length }), (shuffled) => assert.equal(sortDiagnostics(shuffled), sorted)));
});

test('a broken invariant asks for a report', () => {
  invariant(true, 'all is well');
  assert.throws(() => invariant(false, 'a cluster has no name'), /a cluster has no name.*report/);
});

test.run();
