import { printResults } from '../checkup/print-results.ts';
import { allWell } from '../checkup/result.ts';
import { runChecks, runChecksBefore } from '../checkup/run-checks.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { withCluster } from '../kubernetes/connect.ts';
import type { CheckFlags } from '../program/check-command.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic check`. */
export async function checkCommand(terminal: Terminal, flags: CheckFlags): Promise<ExitCode> {
  const { pre = false, namespace, output } = flags;
  const categories = await withCluster(flags, terminal.err, (client) => (pre ? runChecksBefore : runChecks)(client, namespace));
  await printResults(terminal, categories, output, pre ? 'smic can be installed' : 'smic is well');
  return allWell(categories) ? exitCode.yes : exitCode.no;
}
