import { Command, Option } from 'commander';
import type { ResultFormat } from '../checkup/print-results.ts';
import { addConnectionOptions, type ConnectionFlags, outputOption, ownNamespaceOption } from './kube-options.ts';

export interface CheckFlags extends ConnectionFlags {
  readonly namespace: string;
  readonly pre?: boolean;
  readonly output: ResultFormat;
}

/** What `smic check` does. */
export type CheckAction = (flags: CheckFlags) => Promise<void>;

/** `smic check` */
export function checkCommand(action: CheckAction): Command {
  return addConnectionOptions(new Command('check'))
    .summary('check a cluster, before and after installing')
    .description('Checks versions, permissions, policy kinds, the control plane, its certificates and the sidecars, a line each; what fails says why, and where docs/operate.md tells what to do. With --pre it checks whether smic can be installed. The exit code is 1 if something fails.')
    .addOption(new Option('--pre', 'only what must hold before installing'))
    .addOption(ownNamespaceOption())
    .addOption(outputOption(['table', 'wide', 'json', 'yaml'], 'wide: also what was found where all is well'))
    .action((flags: CheckFlags) => action(flags));
}
