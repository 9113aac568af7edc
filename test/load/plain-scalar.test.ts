import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { isAmbiguous, readPlain } from '../../compiler/load/plain-scalar.ts';

test('what kubectl reads otherwise than YAML 1.2 is read as kubectl does, and is ambiguous', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['yes', true], ['On', true], ['y', true], ['NO', false], ['off', false], ['n', false],
    ['010', 8], ['-010', -8], ['1_000', 1000], ['0b101', 5], ['0X1F', 31], ['-0x10', -16], ['+0o17', 15], ['1_0.5', 10.5],
  ];
  for (const [source, value] of cases) {
    assert.is(readPlain(source), value, source);
    assert.ok(isAmbiguous(source), source);
  }
});

test('what both read alike is not ambiguous', () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ['true', true], ['False', false], ['~', null], ['', null], ['null', null], ['0', 0], ['-0', 0], ['007', 7], ['08', 8], ['12', 12], ['+1', 1], ['0x1f', 31], ['0o17', 15], ['1.5', 1.5],
    ['1e3', 1000], ['.5', 0.5], ['5.', 5], ['.inf', Infinity], ['-.INF', -Infinity], ['tRue', 'tRue'], ['yEs', 'yEs'], ['1:30', '1:30'], ['10.0.0.1', '10.0.0.1'], ['2024-01-01', '2024-01-01'],
    ['0b2', '0b2'], ['0x', '0x'], ['_1', '_1'], ['-', '-'], ['.', '.'], ['+', '+'], ['1e', '1e'], ['Infinity', 'Infinity'], ['NaN', 'NaN'], ['toString', 'toString'],
  ];
  for (const [source, value] of cases) {
    assert.is(readPlain(source), value, source);
    assert.not(isAmbiguous(source), source);
  }
  assert.ok(Number.isNaN(readPlain('.nan')));
});

test('what is not ambiguous is read as the yaml library reads YAML 1.2', () => {
  const characters = fc.constantFrom(...'0123456789+-._eExXoObBaAfFnNyYtTrRuUsSlLiI~');
  fc.assert(
    fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 6 }), (source) => {
      // Markers and dashes are no scalars.
      fc.pre(!/^(?:-+|\.\.\.)$/.test(source));
      const expected: unknown = parse(source, { schema: 'core', logLevel: 'silent' });
      const same = Object.is(readPlain(source), Object.is(expected, -0) ? 0 : expected);
      assert.is(same, !isAmbiguous(source), `${source}: ${String(readPlain(source))}, ${String(expected)}`);
    }),
    { numRuns: 5000 },
  );
});

test.run();
