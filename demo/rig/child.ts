import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { type ProgramCall, programsVariable } from '../pod/pod-process.ts';

/** A process in a network namespace that answers calls. */
export interface CalledProcess {
  readonly call: (command: string, argument?: unknown) => Promise<unknown>;
  readonly process: ChildProcess;
  readonly stop: () => void;
}

interface Reply {
  readonly started?: boolean;
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Starts `command` (a program and its first arguments), which runs the programs (demo/pod/pod-process.ts). Resolves when they are up. */
export function startCalledProcess(netns: string, command: readonly string[], programs: readonly ProgramCall[], log: string): Promise<CalledProcess> {
  const file = openSync(log, 'a');
  const child = spawn('ip', ['netns', 'exec', netns, ...command], {
    stdio: ['ignore', file, file, 'ipc'],
    env: { ...process.env, [programsVariable]: JSON.stringify(programs) },
  });
  closeSync(file);
  const waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>();
  let last = 0;
  let ended = false;
  const called: CalledProcess = {
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(new Error(`the process in ${netns} has ended: ${tail(log)}`));
          return;
        }
        last += 1;
        waiting.set(last, { resolve, reject });
        child.send({ id: last, command: name, argument });
      }),
    process: child,
    stop: () => end(child),
  };
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      ended = true;
      const error = new Error(`the process in ${netns} ${reason}: ${tail(log)}`);
      reject(error);
      waiting.forEach((call) => call.reject(error));
      waiting.clear();
    };
    child.on('error', (error) => fail(`does not start (${error.message})`));
    child.on('exit', (code, signal) => fail(`ended (${code ?? signal})`));
    child.on('message', ({ started, id, result, error }: Reply) => {
      if (started === true) {
        resolve(called);
      } else if (started === false) {
        fail(`does not start (${error})`);
      } else if (id !== undefined) {
        const call = waiting.get(id);
        waiting.delete(id);
        if (error === undefined) {
          call?.resolve(result);
        } else {
          call?.reject(new Error(error));
        }
      }
    });
  });
}

function end(child: ChildProcess): void {
  child.kill('SIGKILL');
}

function tail(log: string): string {
  try {
    return readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n');
  } catch {
    // The mesh is being removed, and the log with it.
    return '';
  }
}
