import { type Command, Option } from 'commander';
import { defaultOptions } from '../../compiler/options.ts';
import { reporterNames } from '../report/load-reporter.ts';
import { clusterDomain, repeated } from './argument-parsers.ts';
import { addConnectionOptions } from './kube-options.ts';
import { meshNameOption, meshNamespaceOption, trustDomainOption } from './mesh-options.ts';

/** Adds what `compile` and `lint` share: what is read, how, and how findings are shown. */
export function addInputOptions(command: Command): Command {
  const reading = command
    .argument('[PATH...]', 'files, folders (with all that is below them), or - for standard input: YAML or JSON')
    .addOption(new Option('-f, --file <PATH>', 'the same as an argument; may be given several times').argParser(repeated).default([], 'none'))
    .addOption(new Option('--snapshot <PATH>', 'the same, for what a cluster has: of an object that is among the others too, the other counts; may be given several times').argParser(repeated).default([], 'none'))
    .addOption(new Option('--live', 'read the cluster too: what it has and the files do not have'));
  return addConnectionOptions(reading)
    .addOption(trustDomainOption())
    .addOption(new Option('--cluster-domain <DOMAIN>', "the cluster's DNS domain").argParser(clusterDomain).default(defaultOptions.clusterDomain))
    .addOption(meshNameOption())
    .addOption(meshNamespaceOption())
    .addOption(new Option('--complete', 'the input is the whole mesh: what is not in it does not exist'))
    .addOption(new Option('--endpoints <SOURCE>', 'take endpoints from the input, or leave them open until they are served').choices(['snapshot', 'hole']).default(defaultOptions.endpoints))
    .addOption(new Option('--allow-empty', 'input without any object for smic is accepted'))
    .addOption(new Option('--suppress <CODE[=KIND/NAMESPACE/NAME]>', 'do not report this warning or note, with * for anything; may be given several times').argParser(repeated).default([], 'none'))
    .addOption(new Option('--report <FORMAT>', 'how findings are shown (default: pretty on a terminal, else concise)').choices([...reporterNames]))
    .addOption(new Option('--debug', 'show the stack of an internal error'));
}
