import fc from 'fast-check';
import { applyPatch } from 'rfc6902';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonPatch } from '../../webhook/inject/json-patch.ts';

const named = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.nat(2) }, { noNullPrototype: true });
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.constantFrom(0, 1, '', 'x', true), fc.dictionary(fc.constantFrom('a', 'b/c', '~', '', 'name'), tie('value'), { noNullPrototype: true }), fc.array(tie('value'), { maxLength: 3 }), fc.array(named, { maxLength: 5 })),
})).value;

test('a patch leads from any value to any other, and nowhere from itself', () => {
  fc.assert(
    fc.property(value, value, (before, after) => {
      const root = { value: structuredClone(before) };
      const errors = applyPatch(root, structuredClone([...jsonPatch(before, after, '/value')]));
      assert.equal(errors.filter((error) => error !== null), []);
      assert.equal(root, { value: after });
      assert.equal(jsonPatch(before, structuredClone(before)), []);
    }),
    { numRuns: 1000 },
  );
});

test('what is new in a list is added, what is gone is removed, the rest stays', () => {
  const [a, b, c] = [{ name: 'a', v: 1 }, { name: 'b', v: 1 }, { name: 'c', v: 1 }];
  assert.equal(jsonPatch([a, b], [{ name: 'x' }, a, { name: 'b', v: 2 }, { name: 'y' }]), [
    { op: 'add', path: '/0', value: { name: 'x' } },
    { op: 'replace', path: '/2/v', value: 2 },
    { op: 'add', path: '/3', value: { name: 'y' } },
  ]);
  assert.equal(jsonPatch([a, b, c], [b]), [
    { op: 'remove', path: '/2' },
    { op: 'remove', path: '/0' },
  ]);
});

test('a list of very many items is no burden', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => ({ name: `c${index}` }));
  assert.is(jsonPatch(many, [{ name: 'envoy' }, ...many]).length, 1);
});

test.run();
