import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exponentOf, median } from '../../bench/growth.ts';

test('the median of odd and even numbers of values', () => {
  assert.is(median([9, 1, 5]), 5);
  assert.is(median([4, 1, 2, 100]), 3);
  assert.ok(Number.isNaN(median([])));
});

test('the exponent of a power of the size is that power', () => {
  for (const power of [0, 1, 1.5, 2]) {
    const points = [200, 500, 1000, 5000].map((size) => ({ size, value: 0.003 * size ** power }));
    assert.ok(Math.abs((exponentOf(points) ?? Number.NaN) - power) < 1e-9, String(power));
  }
});

test('a single size has no exponent', () => {
  assert.is(exponentOf([{ size: 200, value: 1 }, { size: 200, value: 2 }]), undefined);
  assert.is(exponentOf([]), undefined);
});

test.run();
