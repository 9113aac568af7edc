import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { errorWords, type Log } from '../server/log.ts';

export interface EnvoyOptions {
  readonly binary: string;
  readonly args: readonly string[];
  /** How long it goes on after SIGTERM; 0: it ends at once. */
  readonly drainSeconds: number;
  /** `http://127.0.0.1:15000` */
  readonly admin: string;
  /** The first SIGTERM or SIGINT that this process gets. */
  readonly stop: Promise<void>;
  readonly log: Log;
}

/** Milliseconds that Envoy has to end before it's killed. */
const patience = 5_000;

/**
 * Runs Envoy until it ends, and gives its exit code (128 and the number of a signal that ended it). When told to stop, it first lets clients know on
 * each of their connections that they should open another, elsewhere, and goes on for as long as it's given to.
 */
export async function runEnvoy({ binary, args, drainSeconds, admin, stop, log }: EnvoyOptions): Promise<number> {
  const envoy = spawn(binary, args, { stdio: 'inherit' });
  const ended = exitCodeOf(envoy);
  const die = (): void => void envoy.kill('SIGKILL');
  const reopen = (): void => void envoy.kill('SIGUSR1');
  process.once('exit', die);
  process.on('SIGUSR1', reopen);
  const end = async (): Promise<void> => {
    await stop;
    if (drainSeconds > 0) {
      log.info({ seconds: drainSeconds }, 'draining');
      await drain(admin, log);
      await Promise.race([ended, sleep(drainSeconds * 1000), once(process, 'SIGTERM'), once(process, 'SIGINT')]);
    }
    envoy.kill('SIGTERM');
    await Promise.race([ended, sleep(patience)]);
    die();
  };
  void end().catch(() => {});
  try {
    return await ended;
  } finally {
    process.off('exit', die).off('SIGUSR1', reopen);
  }
}

/** Listeners stay open (there are clients that don't know yet); whoever is connected is told with the next answer. */
async function drain(admin: string, log: Log): Promise<void> {
  try {
    await fetch(`${admin}/drain_listeners?graceful&skip_exit`, { method: 'POST', signal: AbortSignal.timeout(2_000) });
  } catch (error) {
    log.warn({ error: errorWords(error) }, 'Envoy does not take the request to drain');
  }
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
