import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestOf } from '../../compiler/artifact/manifest.ts';
import { printJson } from '../../compiler/artifact/print-json.ts';
import { type CompileOptions, type CompileResult, compile, type SourceFile } from '../../compiler/index.ts';
import { type GoldenCase, goldenCases } from '../goldens/golden-case.ts';
import { dice, rewritten } from './support/rewrite.ts';

const cases = goldenCases();

/**
 * What mustn't depend on how the input is written: the manifest, which has the digest of every resource and of the input,
 * and what is reported of which objects. Places do depend on it, and so do sources.json, the words that tell places and
 * findings about the writing itself.
 */
function outcome({ artifact, diagnostics }: CompileResult): { readonly manifest: string | undefined; readonly findings: readonly string[] } {
  const findings = diagnostics.map(({ code, object }) => `${code} ${object?.kind} ${object?.namespace}/${object?.name}`).sort();
  return { manifest: artifact && printJson(manifestOf(artifact)), findings: findings.filter((finding) => !finding.startsWith('SMIC1')) };
}

function assertSame(files: readonly SourceFile[], options: Partial<CompileOptions>, seed: number, name: string): void {
  const roll = dice(seed);
  const others = rewritten(files, roll) ?? [...files].reverse();
  assert.equal(outcome(compile(others, options)), outcome(compile(files, options)), `${name}, written otherwise (seed ${seed})`);
}

for (const [index, golden] of cases.entries()) {
  test(`${golden.name}: written otherwise`, () => {
    for (const seed of [index, index + 1000]) assertSame(golden.files, golden.options, seed, golden.name);
  });
}

test('any two cases together, written in any way', () => {
  fc.assert(
    fc.property(fc.constantFrom(...cases), fc.constantFrom(...cases), fc.nat(), (one: GoldenCase, other: GoldenCase, seed) => {
      const files = new Map([...one.files, ...other.files].map((file) => [file.name, file]));
      assertSame([...files.values()], { ...one.options, ...other.options }, seed, `${one.name} and ${other.name}`);
    }),
    { numRuns: Number(process.env['DETERMINISM_RUNS'] ?? 100) },
  );
});

test('of an object that is there in two API versions, the same one is kept whatever file it stands in', () => {
  const [older, newer] = ['v1alpha1', 'v1alpha4'].map((version) => `apiVersion: specs.smi-spec.io/${version}\nkind: TCPRoute\nmetadata:\n  name: all\n  namespace: shop\n`);
  const inputs = (texts: readonly (string | undefined)[]): unknown =>
    compile(texts.map((text = '', index) => ({ name: `${index}.yaml`, text }))).artifact?.inputs;
  assert.ok(inputs([older, newer]));
  assert.equal(inputs([older, newer]), inputs([newer, older]));
});

test('time zone, locale and working folder have no part in it', () => {
  const print = (folder: string, environment: Readonly<Record<string, string>>): string => {
    const script = join(import.meta.dirname, 'support', 'print-digests.ts');
    const loader = import.meta.resolve('tsx');
    const run = spawnSync(process.execPath, ['--import', loader, script], { cwd: folder, env: { ...process.env, ...environment }, encoding: 'utf8' });
    assert.is(run.status, 0, run.stderr);
    return run.stdout;
  };
  const here = print(process.cwd(), { TZ: 'Pacific/Kiritimati', LANG: 'en_US.UTF-8' });
  assert.is.not(here, '');
  assert.is(print(tmpdir(), { TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }), here);
});

test.run();
