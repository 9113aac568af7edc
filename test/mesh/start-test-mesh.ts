import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from '../../compiler/index.ts';
import { type MeshOptions, startMesh } from '../../demo/mesh/mesh.ts';
import { missingRequirements } from '../../demo/rig/requirements.ts';
import { bundlePrograms } from './bundle-programs.ts';

const root = join(import.meta.dirname, '..', '..');

/** What tests say of a mesh; the rest is the same for all. */
export type TestMeshOptions = Pick<MeshOptions, 'cluster' | 'policies' | 'programs' | 'serveOptions'>;

/** A mesh for tests, with this source tree's `smic serve`. */
export type TestMesh = Awaited<ReturnType<typeof startMesh>>;

/** The command that runs this source tree's smic. */
export const smicCommand: readonly string[] = [process.execPath, '--import', import.meta.resolve('tsx'), join(root, 'cli', 'main.ts')];

/** Why no mesh can be had on this machine; undefined where it can. With SMIC_REQUIRE_MESH=1 that is a failure, else the tests are skipped. */
export function missingForMesh(): string | undefined {
  const missing = [...missingRequirements(), ...(process.env['ENVOY_BIN'] === undefined ? ['an Envoy (ENVOY_BIN)'] : [])];
  if (missing.length === 0) {
    return undefined;
  }
  const words = `a mesh on this machine needs ${missing.join(', ')}`;
  if (process.env['SMIC_REQUIRE_MESH'] === '1') {
    throw new Error(words);
  }
  console.log(`${words}. Tests that need one are skipped.`);
  return words;
}

/** Starts it, with no pod joined. Call `stop` at the end; it is removed too when this process is killed. */
export function startTestMesh(options: TestMeshOptions): Promise<TestMesh> {
  return startMesh({
    ...options,
    podCommand: bundlePrograms,
    envoy: process.env['ENVOY_BIN'] ?? '',
    smic: smicCommand,
  });
}

/** The YAML files of a folder below `fixtures`, or those of them that are named. */
export function fixture(path: string, names?: readonly string[]): readonly SourceFile[] {
  const folder = join(root, 'fixtures', path);
  const files = names ?? readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort();
  return files.map((name) => ({ name: `${path}/${name}`, text: readFileSync(join(folder, name), 'utf8') }));
}
