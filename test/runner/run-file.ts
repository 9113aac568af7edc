import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { sourceFaults } from './source-faults.ts';

/** How one test file fared. */
export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly milliseconds: number;
  /** Stdout and stderr of the file's process. */
  readonly output: string;
  /** What is wrong beside tests that failed. Each counts as one failure. */
  readonly faults: readonly string[];
}

/** Runs one test file in a process group of its own, which is killed after `deadline` milliseconds. Colours must be off in `env`. */
export async function runFile(file: string, env: NodeJS.ProcessEnv, deadline: number): Promise<FileResult> {
  const start = performance.now();
  const { output, code, hung } = await runProcess(file, env, deadline);
  const faults = [...sourceFaults(readFileSync(file, 'utf8'))];
  const counts = uvuCounts(output);
  let failedTests = 0;
  if (hung) {
    faults.push(`hangs: killed after ${deadline / 1000} s`);
  } else if (counts === undefined) {
    faults.push(`ended (${code}) without a result: is \`.run()\` missing, or did it fail before its tests?`);
  } else {
    failedTests = counts.total - counts.passed;
    if (counts.total + counts.skipped === 0) {
      faults.push('ran no test');
    }
    if (code === 0 && failedTests > 0) {
      // uvu swallows what a hook throws, and then leaves out the tests behind it.
      faults.push(`${failedTests} tests did not run: a \`before\` or \`each\` hook threw`);
      failedTests -= 1;
    }
    if (code !== 0 && failedTests === 0) {
      faults.push(`its tests passed, but its process ended with ${code}`);
    }
  }
  return {
    file,
    passed: counts?.passed ?? 0,
    failed: failedTests + faults.length,
    skipped: counts?.skipped ?? 0,
    milliseconds: performance.now() - start,
    output,
    faults,
  };
}

interface Ended {
  readonly output: string;
  readonly code: number | string;
  readonly hung: boolean;
}

/** Fixes what property tests draw. Loaded only for files that have some: fast-check takes a while to load. */
function propertySeed(file: string): readonly string[] {
  const draws = readFileSync(file, 'utf8').includes("'fast-check'");
  return draws ? ['--import', new URL('property-seed.ts', import.meta.url).href] : [];
}

function runProcess(file: string, env: NodeJS.ProcessEnv, deadline: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...propertySeed(file), file], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    let hung = false;
    // The group, because a test may have started an Envoy that would outlive it.
    const killGroup = (): void => {
      try {
        process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
      } catch {
        // The group is gone already.
      }
    };
    const timer = setTimeout(() => {
      hung = true;
      killGroup();
    }, deadline);
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', reject);
    child.on('exit', () => {
      clearTimeout(timer);
      killGroup();
    });
    child.on('close', (code, signal) => {
      resolve({ output: Buffer.concat(chunks).toString('utf8'), code: code ?? signal ?? 'unknown', hung });
    });
  });
}

/** The numbers in uvu's summary, which is the last thing that it prints. */
function uvuCounts(output: string): { readonly total: number; readonly passed: number; readonly skipped: number } | undefined {
  const summaries = [...output.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n {2}Skipped: +(\d+)$/gm)];
  const [, total, passed, skipped] = summaries.at(-1) ?? [];
  return total === undefined ? undefined : { total: Number(total), passed: Number(passed), skipped: Number(skipped) };
}
