import { setTimeout } from 'node:timers/promises';
import type { StatusDocument } from '../../server/admin/status-document.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { StatusFlags } from '../program/serve-flags.ts';
import { fetchStatus } from '../status/fetch-status.ts';
import { hasRefusal, statusText, summary } from '../status/status-text.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Milliseconds between two looks of `--watch`. */
const interval = 2000;

/** `smic status`. */
export async function statusCommand(terminal: Terminal, flags: StatusFlags): Promise<ExitCode> {
  if (flags.watch) {
    return watchStatus(terminal, flags);
  }
  const status = await fetchStatus(flags.server);
  await print(terminal, flags, status);
  return hasRefusal(status) ? exitCode.no : exitCode.yes;
}

async function print(terminal: Terminal, flags: StatusFlags, status: StatusDocument): Promise<void> {
  if (flags.output === 'json') {
    // One line each, so that a reader of --watch can tell them apart.
    await terminal.out.write(`${JSON.stringify(status, null, flags.watch ? undefined : 2)}\n`);
    return;
  }
  await terminal.out.write(statusText(status));
  await terminal.err.write(summary(status));
}

/** Until SIGINT or SIGTERM. A server that doesn't answer is asked again: it may be restarting. */
async function watchStatus(terminal: Terminal, flags: StatusFlags): Promise<ExitCode> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    while (!over.signal.aborted) {
      const status = await answer(flags.server);
      if (terminal.out.isTTY && flags.output === undefined) {
        await terminal.out.write('\u001b[H\u001b[2J');
      }
      if (status instanceof Failure) {
        await terminal.err.write(`${status.message}\n`);
      } else {
        await print(terminal, flags, status);
      }
      await setTimeout(interval, undefined, { signal: over.signal }).catch(() => {});
    }
    return exitCode.yes;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

async function answer(server: string): Promise<StatusDocument | Failure> {
  try {
    return await fetchStatus(server);
  } catch (error) {
    if (error instanceof Failure) {
      return error;
    }
    throw error;
  }
}
