import { setTimeout } from 'node:timers/promises';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { type ServerStatuses, silentWords } from '../operate/server-status.ts';
import type { StatusFlags } from '../program/status-command.ts';
import { type AskServers, isAboutCluster, withServers } from '../status/ask-servers.ts';
import { hasRefusal, statusText, summary } from '../status/status-text.ts';
import { printable, printableLines } from '../terminal/printable.ts';
import { show } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Milliseconds between two looks of `--watch`. */
const interval = 2000;

/** `smic status`. */
export async function statusCommand(terminal: Terminal, flags: StatusFlags): Promise<ExitCode> {
  return withServers(terminal, flags, async (ask) => {
    if (flags.watch) {
      return watchStatus(terminal, flags, ask);
    }
    const asked = await ask();
    await print(terminal, flags, asked);
    return asked.servers.some(({ status }) => hasRefusal(status)) ? exitCode.no : exitCode.yes;
  });
}

async function print({ out, err }: Terminal, flags: StatusFlags, asked: ServerStatuses): Promise<void> {
  const { servers, silent } = asked;
  const inCluster = isAboutCluster(flags);
  const document = inCluster ? asked : servers[0]?.status;
  if (flags.watch && flags.output === 'json') {
    // One line each, so that a reader can tell them apart.
    await out.write(`${JSON.stringify(document)}\n`);
    return;
  }
  if (flags.watch && flags.output === 'yaml') {
    await out.write('---\n');
  }
  const pods = servers.flatMap(({ status }) => status.proxies.map(({ node }) => `pod/${node.slice(node.indexOf('/') + 1)}`));
  await show(out, flags.output, { document, names: [...pods].sort(), text: (wide) => statusText(servers, wide) });
  if (flags.output === 'table' || flags.output === 'wide') {
    await err.write(servers.map(({ name, status }) => `${inCluster ? `${printable(name)}: ` : ''}${summary(status)}`).join(''));
  }
  await err.write(silent.map((server) => `warning: ${printable(silentWords(server))}\n`).join(''));
}

/** Until SIGINT or SIGTERM. A server that doesn't answer is asked again: it may be restarting. */
async function watchStatus(terminal: Terminal, flags: StatusFlags, ask: AskServers): Promise<ExitCode> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    while (!over.signal.aborted) {
      const asked = await answer(ask);
      if (terminal.out.isTTY && (flags.output === 'table' || flags.output === 'wide')) {
        await terminal.out.write('\u001b[H\u001b[2J');
      }
      await (asked instanceof Failure ? terminal.err.write(`${printableLines(asked.message)}\n`) : print(terminal, flags, asked));
      await setTimeout(interval, undefined, { signal: over.signal }).catch(() => {});
    }
    return exitCode.yes;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

async function answer(ask: AskServers): Promise<ServerStatuses | Failure> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Failure) {
      return error;
    }
    throw error;
  }
}
