import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a process took. */
export interface ProcessFigures {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly stdout: string;
}

/** No process is waited for longer. */
const deadline = 15 * 60 * 1000;

/**
 * Runs Node with these arguments in the folder `cwd` and measures it from start to end. `scratch` is a folder for the figures.
 * @throws Error with the last words of the process where it fails.
 */
export function runProcess(nodeArguments: readonly string[], cwd: string, scratch: string): ProcessFigures {
  const usage = join(scratch, 'usage');
  rmSync(usage, { force: true });
  const preload = pathToFileURL(join(import.meta.dirname, 'report-usage.mjs')).href;
  const start = performance.now();
  const result = spawnSync(process.execPath, ['--import', preload, ...nodeArguments], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', SMIC_BENCH_USAGE: usage },
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadline,
  });
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== 0) {
    const ending = result.error?.message ?? (result.signal === null ? `exit code ${result.status}` : `signal ${result.signal}`);
    throw new Error(`node ${nodeArguments.join(' ')}: ${ending}\n${result.stderr.slice(-1000)}`);
  }
  return { seconds, peakBytes: existsSync(usage) ? Number(readFileSync(usage, 'utf8')) : Number.NaN, stdout: result.stdout };
}
