import { exitCode, type ExitCode } from '../exit-code.ts';
import { installMesh } from '../install/install-mesh.ts';
import { settingsOf } from '../install/settings-of.ts';
import { withCluster } from '../kubernetes/connect.ts';
import type { InstallFlags } from '../program/install-flags.ts';
import { plural } from '../terminal/plural.ts';
import { createProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic install`. */
export async function installCommand(terminal: Terminal, flags: InstallFlags): Promise<ExitCode> {
  const { ha: highlyAvailable = false, certManager = false, dryRun = false, forceConflicts: force = false, ca: caFolder, wait: waitSeconds } = flags;
  const settings = settingsOf(flags);
  const progress = createProgress(terminal.err);
  const ending = dryRun ? ' (dry run)' : '';
  const say = async (name: string, outcome: string): Promise<void> => {
    progress.clear();
    await terminal.out.write(`${name} ${outcome}${ending}\n`);
  };
  const changes = await withCluster(flags, terminal.err, (client) => installMesh(client, settings, { highlyAvailable, certManager, caFolder, dryRun, force, waitSeconds }, say, progress)).finally(() => progress.clear());
  await terminal.err.write(summary(changes, settings.namespace, dryRun));
  return exitCode.yes;
}

function summary(changes: number, namespace: string, dryRun: boolean): string {
  if (changes === 0) {
    return `Nothing to do: smic is installed in ${namespace}, just so.\n`;
  }
  return dryRun ? `${plural(changes, 'object')} would change. Nothing was changed.\n` : `smic is installed in ${namespace}: ${plural(changes, 'object')} changed.\n`;
}
