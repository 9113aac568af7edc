import { Command, Option } from 'commander';
import { defaultOptions } from '../../compiler/options.ts';
import { dnsLabel, labelValue } from './argument-parsers.ts';
import { addConnectionOptions, type ConnectionFlags, outputOption, selectorOption } from './kube-options.ts';

export interface NamespaceFlags extends ConnectionFlags {
  /** Which namespaces, where none is named. */
  readonly selector?: string;
  readonly meshName: string;
  readonly restart?: boolean;
}

export interface NamespaceAddFlags extends NamespaceFlags {
  readonly disableSidecarInjection?: boolean;
}

export interface NamespaceListFlags extends ConnectionFlags {
  readonly selector?: string;
  readonly output: 'table' | 'wide' | 'json' | 'yaml' | 'name';
}

/** What the commands below `smic namespace` do. */
export interface NamespaceActions {
  add(namespaces: readonly string[], flags: NamespaceAddFlags): Promise<void>;
  remove(namespaces: readonly string[], flags: NamespaceFlags): Promise<void>;
  ignore(namespaces: readonly string[], flags: NamespaceFlags): Promise<void>;
  list(flags: NamespaceListFlags): Promise<void>;
}

/** `smic namespace` and the commands below it. */
export function namespaceCommand(actions: NamespaceActions): Command {
  return new Command('namespace')
    .summary('let namespaces join the mesh, or leave it')
    .description("Puts Open Service Mesh's labels and annotations on namespaces. Pods get or lose their sidecar when they are made: what has to be restarted is told, and restarted with --restart.")
    .addCommand(addCommand(actions))
    .addCommand(removeCommand(actions))
    .addCommand(ignoreCommand(actions))
    .addCommand(listCommand(actions));
}

function addCommand(actions: NamespaceActions): Command {
  return changeOptions(new Command('add'))
    .summary('let namespaces join')
    .description('Lets namespaces join the mesh, with sidecars for their pods. Refuses those that the mesh ignores, that belong to another mesh, and in which smic is installed.')
    .addOption(new Option('--disable-sidecar-injection', 'let them join without sidecars'))
    .action((namespaces: string[], flags: NamespaceAddFlags) => actions.add(namespaces, flags));
}

function removeCommand(actions: NamespaceActions): Command {
  return changeOptions(new Command('remove'))
    .summary('let namespaces leave')
    .description('Takes namespaces out of the mesh. Their sidecars stay until their pods are made anew.')
    .action((namespaces: string[], flags: NamespaceFlags) => actions.remove(namespaces, flags));
}

function ignoreCommand(actions: NamespaceActions): Command {
  return changeOptions(new Command('ignore'))
    .summary('keep namespaces out, whatever their labels')
    .description('Labels namespaces so that they are no part of any mesh, and the webhook is never asked about their pods. kubectl label namespace NAME openservicemesh.io/ignore- takes it back.')
    .action((namespaces: string[], flags: NamespaceFlags) => actions.ignore(namespaces, flags));
}

function listCommand(actions: NamespaceActions): Command {
  return addConnectionOptions(new Command('list'))
    .summary('list namespaces that are in a mesh or ignored')
    .description('Lists namespaces that have joined a mesh or are ignored, and whether their pods get sidecars.')
    .addOption(selectorOption('only those with these labels'))
    .addOption(outputOption(['table', 'wide', 'json', 'yaml', 'name'], 'wide: with pods and sidecars'))
    .action((flags: NamespaceListFlags) => actions.list(flags));
}

function changeOptions(command: Command): Command {
  return addConnectionOptions(command.argument('[NAMESPACE...]', 'names of namespaces', (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), dnsLabel(value)]))
    .addOption(selectorOption('instead of names: all that have these labels'))
    .addOption(new Option('--mesh-name <NAME>', 'the mesh').argParser(labelValue).default(defaultOptions.meshName))
    .addOption(new Option('--restart', 'restart what must be, as kubectl rollout restart does'));
}
