import { Command, Option } from 'commander';
import { settingDefinitions } from '../../install/settings.ts';
import { version } from '../version.ts';
import { nonEmpty, repeated, seconds } from './argument-parsers.ts';
import type { InstallActions, InstallFlags, PrintFlags, UninstallFlags } from './install-flags.ts';
import { addConnectionOptions, namespaceOption, outputOption } from './kube-options.ts';

/** `smic manifests`, `smic install`, `smic uninstall`. */
export function installCommands(actions: InstallActions): readonly Command[] {
  return [manifestsCommand(actions), installCommand(actions), uninstallCommand(actions)];
}

function manifestsCommand(actions: InstallActions): Command {
  return addManifestOptions(new Command('manifests'))
    .summary("print what an installation consists of")
    .description('Prints the Kubernetes objects of an installation as YAML: CRDs, accounts and roles, server, webhook, and what keeps them available. The same flags give the same bytes, so they can be kept in a GitOps repository. Keys are not among them: see docs/install.md.')
    .addOption(new Option('--ca-bundle <FILE>', "PEM of the webhook's CA, for the webhook configurations").argParser(nonEmpty).conflicts('certManager'))
    .addOption(outputOption(['yaml', 'json', 'name'], 'name: which objects there are'))
    .action((flags: PrintFlags) => actions.manifests(flags));
}

function installCommand(actions: InstallActions): Command {
  return addConnectionOptions(addManifestOptions(new Command('install')))
    .summary('install into a cluster, or upgrade')
    .description('Applies to a cluster what smic manifests prints (server-side apply), with a CA for the mesh and one for the webhook where there are none yet, and waits until all is ready. Everything is tried first: a conflict or a missing permission leaves the cluster as it was. The same command again changes nothing; that of a new version upgrades. Settings are not remembered: give them again.')
    .addOption(new Option('--ca <DIR>', "take the mesh's CA from this folder, as smic ca init makes it (default: that of the cluster, else a new one)").argParser(nonEmpty))
    .addOption(new Option('--wait <DURATION>', 'how long to wait for CRDs and pods to be ready; 0s: not at all').argParser(seconds).default(300, '5m'))
    .addOption(new Option('--dry-run', 'let the API server check everything, and change nothing'))
    .addOption(new Option('--force-conflicts', 'take over fields that others own, as CRDs of Open Service Mesh'))
    .action((flags: InstallFlags) => actions.install(flags));
}

function uninstallCommand(actions: InstallActions): Command {
  return addConnectionOptions(new Command('uninstall'))
    .summary('take an installation out of a cluster')
    .description("Deletes what smic install applied. The CRDs with all policy in them, and the namespace with the mesh's CA stay unless --all is given. Sidecars that run keep what they were last sent, until their certificates end.")
    .addOption(namespaceOption('namespace of the installation (default: smic-system)'))
    .addOption(new Option('--all', "delete the CRDs, with every policy of every namespace, and the namespace with the mesh's CA too"))
    .addOption(new Option('--dry-run', 'only show what would be deleted'))
    .addOption(new Option('--yes', 'do not ask'))
    .action((flags: UninstallFlags) => actions.uninstall(flags));
}

function addManifestOptions(command: Command): Command {
  return command
    .addOption(new Option('--set <KEY=VALUE>', 'a setting, as meshName=osm; may be given several times; docs/install.md lists them').argParser(repeated).default([], 'none'))
    .addOption(namespaceOption('namespace of the installation (default: smic-system)'))
    .addOption(new Option('--image <IMAGE>', 'image of the server, the webhook and the sidecars').argParser(nonEmpty))
    .addOption(new Option('--ha', 'highly available: three pods at least, an autoscaler, a priority'))
    .addOption(new Option('--cert-manager', "let cert-manager keep the webhook's certificate"))
    .addHelpText('after', () => `\nSettings (--set):\n${settingLines().join('\n')}`);
}

function settingLines(): readonly string[] {
  const entries = Object.entries(settingDefinitions(version));
  const width = Math.max(...entries.map(([key]) => key.length));
  return entries.map(([key, { description, preset }]) => `  ${key.padEnd(width)}  ${description.replaceAll('`', '')}${preset === '' ? '' : ` (default: ${String(preset)})`}`);
}
