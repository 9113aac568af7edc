import { Command, Option } from 'commander';
import { addressText, defaultAdminAddress } from '../../server/serve-options.ts';
import type { OutputFormat } from '../terminal/show.ts';
import { url } from './argument-parsers.ts';
import { addConnectionOptions, addScopeOptions, type ConnectionFlags, installationOption, outputOption, type ScopeFlags } from './kube-options.ts';

export interface StatusFlags extends ConnectionFlags, ScopeFlags {
  readonly server?: string;
  readonly live?: boolean;
  readonly installation: string;
  readonly output: OutputFormat;
  readonly watch?: boolean;
}

/** Where a server on this machine is asked. */
export const localServer = `http://${addressText(defaultAdminAddress)}`;

/** What `smic status` does. */
export interface StatusActions {
  status(flags: StatusFlags): Promise<void>;
}

/** `smic status` */
export function statusCommand(actions: StatusActions): Command {
  const command = new Command('status')
    .summary('show how far each sidecar is')
    .description(
      'Shows a line for each connected sidecar and a column for each type of resource: SYNCED, STALE (an answer is due), NACKED (with the reason and the source line) or NOT SENT, and since when. Asks a server on this machine, the one that --server names, or with --live or any of the options for a cluster those of the installation in it, through the API server. The exit code is 1 if a sidecar has refused something, or the server an artifact or an object of the cluster that it follows.',
    )
    .addOption(new Option('--server <URL>', `a server's admin endpoint (default: ${localServer})`).argParser(url).conflicts(['live', 'context', 'kubeconfig', 'selector']))
    .addOption(new Option('--live', 'ask the servers in the cluster'));
  return addConnectionOptions(addScopeOptions(command, 'all', 'sidecars'))
    .addOption(installationOption())
    .addOption(outputOption(['table', 'wide', 'json', 'yaml', 'name'], 'wide: with server, identity and how long the certificate lives; name: the pods'))
    .addOption(new Option('--watch', 'show it again every two seconds'))
    .action((flags: StatusFlags) => actions.status(flags));
}
