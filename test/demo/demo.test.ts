import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runDemo } from '../../demo/steps/run-demo.ts';
import type { SourceFile } from '../../compiler/index.ts';
import { root } from '../cli/run-smic.ts';
import { fixture, missingForMesh } from '../mesh/start-test-mesh.ts';

const demo = suite('demo');
const withMesh = missingForMesh() === undefined ? demo : demo.skip;

function manifest(name: string): SourceFile {
  const [file] = fixture('bookstore', [name]);
  assert.ok(file);
  return file as SourceFile;
}

withMesh('tells the truth, step by step', async () => {
  const lines: string[] = [];
  const print = async (line: string): Promise<void> => void lines.push(line);
  const result = await runDemo({
    screen: { step: print, say: print, show: print, next: async () => {} },
    manifests: { cluster: manifest('cluster.yaml'), meshConfig: manifest('mesh-config.yaml'), policy: manifest('policy.yaml'), split: manifest('split.yaml') },
    envoy: process.env['ENVOY_BIN'] ?? '',
    smic: [process.execPath, join(root, 'dist', 'bin', 'smic.js')],
    watch: 3_000,
  });
  const shown = lines.join('\n');
  assert.ok(result.plaintextBefore > 0, shown);
  assert.is(result.plaintextAfter, 0, shown);
  assert.ok(result.permissive.stolen > 0, shown);
  assert.is(result.policy.stolen, 0, shown);
  assert.ok(result.policy.refused > 0 && result.policy.boughtV1 + result.policy.boughtV2 > 0, shown);
  const [all, half, none] = result.splits;
  assert.ok(all && half && none);
  assert.ok(all.boughtV1 > 0 && all.boughtV2 === 0, shown);
  assert.ok(none.boughtV1 === 0 && none.boughtV2 > 0, shown);
  const bought = half.boughtV1 + half.boughtV2;
  // Five standard deviations of a fair coin.
  assert.ok(Math.abs(half.boughtV1 - bought / 2) < (5 * Math.sqrt(bought)) / 2, shown);
  assert.is(result.failedInShift, 0, shown);
});

demo('says what the machine lacks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smic-no-envoy-'));
  const run = spawnSync(process.execPath, [join(root, 'dist', 'bin', 'smic.js'), 'demo', '--yes', '--envoy', join(folder, 'envoy')], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  assert.is(run.status, 2);
  assert.match(run.stderr, "the demonstration can't run on this machine: it needs ");
  assert.match(run.stderr, 'an Envoy (--envoy FILE or ENVOY_BIN');
});

demo.run();
