import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeCompile } from './judge-compile.ts';
import { mutate, mutation } from './mutations.ts';
import { seeds } from './seeds.ts';

/*
 * Whatever stands in the input, the compiler gives an artifact or errors, and the artifact holds together.
 *   FUZZ_RUNS=n   that many inputs (default 400), of a random seed
 *   FUZZ_SEED=n   of this seed
 */

const runs = Number(process.env['FUZZ_RUNS'] ?? 400);
// The same inputs in every run of the tests: a finding must not depend on the day.
const seed = Number(process.env['FUZZ_SEED'] ?? (process.env['FUZZ_RUNS'] ? Date.now() % 2 ** 31 : 1));
const all = seeds();

const input = fc.record({
  seed: fc.nat(all.length - 1),
  changes: fc.array(fc.record({ file: fc.nat(9), mutation }), { minLength: 1, maxLength: 4 }),
});

test('mutated input never breaks the compiler', () => {
  fc.assert(
    fc.property(input, ({ seed: index, changes }) => {
      const { files, options } = all[index] ?? { files: [], options: {} };
      const texts = files.map(({ text }) => text);
      for (const { file, mutation: change } of changes) {
        const at = file % texts.length;
        texts[at] = mutate(texts[at] ?? '', change);
      }
      const { faults } = judgeCompile(files.map(({ name }, at) => ({ name, text: texts[at] ?? '' })), options);
      assert.equal(faults, []);
    }),
    { numRuns: runs, seed },
  );
});

test('any text never breaks the compiler', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      assert.equal(judgeCompile([{ name: 'input.yaml', text }], {}).faults, []);
    }),
    { numRuns: runs, seed },
  );
});

test('the seeds themselves are no faults', () => {
  assert.ok(all.length > 50);
  for (const { name, files, options } of all) assert.equal({ name, faults: judgeCompile(files, options).faults }, { name, faults: [] });
});

test.run();
