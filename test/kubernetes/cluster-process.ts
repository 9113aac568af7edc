import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program of the cluster that runs. */
export interface ClusterProcess {
  readonly process: ChildProcess;
  /** Where it logs to. */
  readonly log: string;
  /** Throws where it has ended by itself. */
  readonly check: () => void;
  /** SIGKILL, and waits until it is gone. */
  readonly kill: () => Promise<void>;
}

/** Where nobody listens. */
const nowhere = 'http://127.0.0.1:1';

/**
 * Whom the API server asks for what it passes on to pods and nodes: them. In this process's network nobody, so that nothing leaves the
 * machine, and no proxy that it has is asked. Loopback is never asked by a proxy.
 */
function proxies(netns: string | undefined): NodeJS.ProcessEnv {
  const proxy = netns === undefined ? nowhere : undefined;
  return { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, http_proxy: proxy, https_proxy: proxy, NO_PROXY: undefined, no_proxy: undefined };
}

/**
 * Starts it so that it is killed when this process ends, however it ends.
 * @param command the program with its arguments
 * @param netns the network namespace that it runs in, if not in this process's
 */
export function startClusterProcess(command: readonly string[], log: string, netns?: string): ClusterProcess {
  const file = openSync(log, 'a');
  const [program = '', ...more] = ['setpriv', '--pdeathsig', 'KILL', '--', ...(netns === undefined ? [] : ['ip', 'netns', 'exec', netns]), ...command];
  const child = spawn(program, more, { env: { ...process.env, ...proxies(netns) }, stdio: ['ignore', file, file] });
  closeSync(file);
  const ended = once(child, 'exit').catch(() => {});
  let isKilled = false;
  return {
    process: child,
    log,
    check: () => {
      if (!isKilled && (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)) {
        throw new Error(`${command[0]} ended (${child.exitCode ?? child.signalCode}): ${readFileSync(log, 'utf8').slice(-4_000)}`);
      }
    },
    kill: async () => {
      isKilled = true;
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Milliseconds. Far beyond what any of them needs. */
const patience = 90_000;

/** Looks again and again until it is so, as long as the programs run. */
export async function waitFor(what: string, processes: readonly ClusterProcess[], look: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patience;
  let last: unknown = '';
  const isSo = (): Promise<boolean> =>
    look().catch((error: unknown) => {
      last = error;
      return false;
    });
  while (!(await isSo())) {
    processes.forEach(({ check }) => check());
    if (Date.now() > end) {
      throw new Error(`${what} does not come: ${String(last)}\n${processes.map(({ log }) => readFileSync(log, 'utf8').slice(-2_000)).join('\n')}`);
    }
    await sleep(25);
  }
}
