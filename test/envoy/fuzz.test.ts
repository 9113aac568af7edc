import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Artifact, compile, type Resource, type ResourceType } from '../../compiler/index.ts';
import { mutate, mutation } from '../fuzz/mutations.ts';
import { seeds } from '../fuzz/seeds.ts';
import { findEnvoy } from '../runner/find-envoy.ts';
import { type EncodedResource, type Judge, startJudge } from './judge.ts';

/*
 * What the compiler makes of mutated input, where it takes it, Envoy takes too.
 *   FUZZ_RUNS=n   that many inputs (default 500), of a random seed
 */

const envoy = findEnvoy().path;
const test = suite('fuzz');
const check = envoy === undefined ? test.skip : test;
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 500);
const seed = process.env['FUZZ_RUNS'] ? Date.now() % 2 ** 31 : 1;
const all = seeds().filter(({ name }) => !name.startsWith('bad-input/'));
let judge: Judge;

test.before(async () => {
  if (envoy !== undefined) judge = await startJudge(envoy);
});
test.after(async () => judge?.stop());

const input = fc.record({ seed: fc.nat(all.length - 1), file: fc.nat(9), mutation });

check('Envoy accepts whatever the compiler makes of mutated input', async () => {
  const judged = new Set<string>();
  await fc.assert(
    fc.asyncProperty(input, async ({ seed: index, file, mutation: change }) => {
      const { files, options } = all[index] ?? { files: [], options: {} };
      const changed = files.map(({ name, text }, at) => ({ name, text: at === file % files.length ? mutate(text, change) : text }));
      const { artifact } = compile(changed, options);
      for (const [name, resources] of artifact ? proxiesOf(artifact) : []) {
        const key = resources.map(({ digest }) => digest).join();
        if (judged.has(key)) continue;
        judged.add(key);
        const of = (type: ResourceType): readonly EncodedResource[] => resources.filter((resource) => resource.type === type);
        const { reasons, warnings } = await judge.judge({
          clusters: of('cluster'),
          endpoints: of('endpoint'),
          secrets: of('secret'),
          listeners: of('listener'),
          routes: of('route'),
          openEndpoints: artifact?.holes.includes('endpoints') ?? false,
        });
        assert.equal({ name, reasons, warnings }, { name, reasons: [], warnings: [] });
      }
    }),
    { numRuns, seed },
  );
  assert.ok(judged.size > numRuns / 50);
});

test.run();

function proxiesOf({ classes, sets }: Artifact): readonly (readonly [string, readonly Resource[]])[] {
  const shared = new Map(sets.map(({ name, resources }) => [name, resources]));
  return classes.map((proxy) => [
    `${proxy.namespace}/${proxy.name}`,
    [...proxy.resources, ...proxy.sets.flatMap((name) => shared.get(name) ?? [])],
  ]);
}
