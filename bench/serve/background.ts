import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A server that runs beside the benchmark. */
export interface Background {
  readonly pid: number;
  /** What it has written so far. */
  output(): string;
  /** Waits for a match in its output. @throws Error where it ends or takes too long */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

/** Milliseconds until a server must be ready, and must have ended. */
const deadline = 120_000;
const running = new Set<ChildProcess>();

// Nothing stays behind, however this process ends but by SIGKILL.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(130));
}

/** Starts a program. `log` is the file for its output. */
export function startBackground(program: string, words: readonly string[], log: string): Background {
  const file = openSync(log, 'w');
  const child = spawn(program, words, { stdio: ['ignore', file, file] });
  closeSync(file);
  running.add(child);
  let ended: string | undefined;
  const end = once(child, 'exit').then(
    ([code, signal]) => (ended = `${program} ended (${code ?? signal})`),
    (error: unknown) => (ended = String(error)),
  );
  const output = (): string => readFileSync(log, 'utf8');
  return {
    pid: child.pid ?? 0,
    output,
    async says(pattern) {
      for (const start = performance.now(); performance.now() - start < deadline; await pause(20)) {
        const match = pattern.exec(output());
        if (match) return match;
        if (ended !== undefined) throw new Error(`${ended}: ${output().slice(-1000)}`);
      }
      throw new Error(`${program} didn't say ${String(pattern)}: ${output().slice(-1000)}`);
    },
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), deadline);
      await end;
      clearTimeout(late);
      running.delete(child);
    },
  };
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
