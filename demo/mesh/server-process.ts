import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer, HttpCall } from '../pod/http-call.ts';
import type { CalledProcess } from '../rig/child.ts';

/** A running `smic serve`. */
export interface ServerProcess {
  readonly process: ChildProcess;
  readonly log: string;
  /** A page of its admin interface. */
  readonly admin: (path: string) => Promise<HttpAnswer>;
  /** Ends it by `signal`, default SIGTERM, and waits until it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

export interface ServerProcessOptions {
  /** The namespace it runs in. */
  readonly netns: string;
  /** The whole command line. */
  readonly command: readonly string[];
  readonly adminPort: number;
  readonly log: string;
  /** A client in the same namespace. */
  readonly client: CalledProcess;
}

const readyDeadline = 30_000;

/** Starts it and waits until it is ready. */
export async function startServerProcess({ netns, command, adminPort, log, client }: ServerProcessOptions): Promise<ServerProcess> {
  const file = openSync(log, 'a');
  const child = spawn('ip', ['netns', 'exec', netns, ...command], { stdio: ['ignore', file, file] });
  closeSync(file);
  const ended = once(child, 'exit');
  const admin = async (path: string): Promise<HttpAnswer> => {
    const call: HttpCall = { url: `http://127.0.0.1:${adminPort}${path}`, timeout: 5_000 };
    return (await client.call('http', call)) as HttpAnswer;
  };
  const server: ServerProcess = {
    process: child,
    log,
    admin,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
  const deadline = Date.now() + readyDeadline;
  while ((await admin('/readyz')).status !== 200) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`smic serve does not become ready: ${readFileSync(log, 'utf8').slice(-4_000)}`);
    }
    await sleep(50);
  }
  return server;
}
