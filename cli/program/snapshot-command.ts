import { Command, Option } from 'commander';
import { nonEmpty } from './argument-parsers.ts';
import { addConnectionOptions, addScopeOptions, type ConnectionFlags, outputOption, type ScopeFlags } from './kube-options.ts';

export interface SnapshotFlags extends ConnectionFlags, ScopeFlags {
  readonly out?: string;
  readonly output: 'yaml' | 'json' | 'name';
}

/** `smic snapshot` */
export function snapshotCommand(run: (flags: SnapshotFlags) => Promise<void>): Command {
  const command = new Command('snapshot')
    .summary('write down what smic reads of a cluster')
    .description(
      'Prints everything that the compiler reads of a cluster, for smic compile --snapshot: sorted, without anything that changes by itself, and without the content of any Secret. The same cluster gives the same bytes. Namespaces and MeshConfigs are always among it.',
    )
    .addOption(new Option('--out <FILE>', 'write it to this file: all of it, or what was there before').argParser(nonEmpty))
    .addOption(outputOption(['yaml', 'json', 'name'], 'name: which objects there are'));
  return addConnectionOptions(addScopeOptions(command, 'all namespaces')).action((flags: SnapshotFlags) => run(flags));
}
