import { Command, Option } from 'commander';
import { nonEmpty } from './argument-parsers.ts';
import { addConnectionOptions, type ConnectionFlags, ownNamespaceOption } from './kube-options.ts';

export interface SupportFlags extends ConnectionFlags {
  readonly namespace: string;
  readonly out: string;
}

/** `smic support-dump` */
export function supportCommand(action: (flags: SupportFlags) => Promise<void>): Command {
  return addConnectionOptions(new Command('support-dump'))
    .summary('collect what helps to find a fault')
    .description("Collects into one file what somebody needs who is to help: versions, the result of smic check, the mesh's objects as the compiler reads them, findings, the installation's objects and events, status, metrics and logs of the servers. No Secret is read for it, and what looks like a key, a token or a password is taken out. Look through it before you pass it on.")
    .addOption(ownNamespaceOption())
    .addOption(new Option('--out <PATH>', 'where to: a file (.tar.gz, .tgz), or a folder that is not there yet').argParser(nonEmpty).default('smic-support.tar.gz'))
    .action((flags: SupportFlags) => action(flags));
}
