import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { objectName } from '../install/apply-object.ts';
import { otherInstallation } from '../install/other-installation.ts';
import { settingsOf } from '../install/settings-of.ts';
import { findRemoval, remove, type Removal } from '../install/uninstall-mesh.ts';
import { withCluster } from '../kubernetes/connect.ts';
import type { UninstallFlags } from '../program/install-flags.ts';
import { ask } from '../terminal/ask.ts';
import { plural } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic uninstall`. */
export async function uninstallCommand(terminal: Terminal, flags: UninstallFlags): Promise<ExitCode> {
  const { all = false, dryRun = false, yes = false } = flags;
  const settings = settingsOf({ set: [], ...(flags.namespace !== undefined && { namespace: flags.namespace }) });
  return withCluster(flags, terminal.err, async (client) => {
    const other = await otherInstallation(client, settings.namespace);
    if (other !== undefined) {
      throw new Failure(`smic is installed in ${other}, not in ${settings.namespace}`, `smic uninstall -n ${other} takes it away.`);
    }
    const removal = await findRemoval(client, settings, all);
    if (removal.objects.length === 0) {
      await terminal.err.write(`Nothing to do: there is no installation in ${settings.namespace}.\n`);
      return exitCode.yes;
    }
    const ending = dryRun ? ' deleted (dry run)' : ' deleted';
    const say = (name: string): Promise<void> => terminal.out.write(`${name}${ending}\n`);
    if (dryRun) {
      for (const manifest of removal.objects) {
        await say(objectName(manifest));
      }
      return exitCode.yes;
    }
    if (!yes && !(await agreed(terminal, removal, settings.namespace))) {
      await terminal.err.write('Nothing was deleted.\n');
      return exitCode.no;
    }
    await remove(client, removal, (manifest) => say(objectName(manifest)));
    await terminal.err.write(all ? '' : `The CRDs with all policy, and the namespace ${settings.namespace} with the mesh's CA, have stayed; --all deletes them too.\n`);
    return exitCode.yes;
  });
}

async function agreed(terminal: Terminal, { objects, policies }: Removal, namespace: string): Promise<boolean> {
  const loss = policies > 0 ? ` and with the CRDs ${plural(policies, 'policy object')} of all namespaces,` : '';
  const answer = await ask(terminal, `Delete ${plural(objects.length, 'object')} of the installation in ${namespace},${loss} for good?`);
  if (answer === undefined) {
    throw new Failure('there is nobody to ask', 'Give --yes, or --dry-run to see what would be deleted.');
  }
  return answer;
}
