import { join } from 'node:path';
import { build } from 'esbuild';

/** Makes one file of test/mesh/pod-main.ts, so that a pod's process starts in milliseconds. Gives the command that runs it. */
export async function bundlePrograms(folder: string): Promise<readonly string[]> {
  const outfile = join(folder, 'pod.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'pod-main.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    banner: { js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  return [process.execPath, outfile];
}
