import { type Command, InvalidArgumentError, Option } from 'commander';
import { names } from '../../webhook/names.ts';
import type { OutputFormat } from '../terminal/show.ts';
import { dnsLabel, nonEmpty } from './argument-parsers.ts';

/** Which cluster, as kubectl names it. */
export interface ConnectionFlags {
  readonly context?: string;
  readonly kubeconfig?: string;
}

/** Which of its objects. */
export interface ScopeFlags {
  readonly namespace?: string;
  readonly allNamespaces?: boolean;
  readonly selector?: string;
}

/** Adds kubectl's options for a cluster: `--context`, `--kubeconfig`. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(new Option('--context <NAME>', "the kubeconfig's context (default: its current one)").argParser(nonEmpty))
    .addOption(new Option('--kubeconfig <FILE>', 'path of the kubeconfig (default: $KUBECONFIG, ~/.kube/config, or inside a cluster the service account)').argParser(nonEmpty));
}

/** Adds kubectl's options for objects: `-n`, `-A`, `-l`. `fallback` says what is meant without `-n` and `-A`. */
export function addScopeOptions(command: Command, fallback: string, objects = 'objects'): Command {
  return command
    .addOption(namespaceOption(`only ${objects} of this namespace (default: ${fallback})`))
    .addOption(allNamespacesOption(`${objects} of all namespaces`).conflicts('namespace'))
    .addOption(selectorOption(`only ${objects} with these labels`));
}

/** `-n, --namespace` */
export function namespaceOption(description: string): Option {
  return new Option('-n, --namespace <NAMESPACE>', description).argParser(dnsLabel);
}

/** `-A, --all-namespaces` */
export function allNamespacesOption(description: string): Option {
  return new Option('-A, --all-namespaces', description);
}

/** `-l, --selector` */
export function selectorOption(description: string): Option {
  return new Option('-l, --selector <LABELS>', `${description}, as app=web,tier!=cache`).argParser(labelSelector);
}

/** `-n` of commands that are about an installation itself. */
export function ownNamespaceOption(): Option {
  return namespaceOption('namespace of the installation').default(names.namespace);
}

/** Which installation, for commands whose `-n` is about what runs in the mesh. */
export function installationOption(): Option {
  return new Option('--installation <NAMESPACE>', 'namespace that smic is installed in').argParser(dnsLabel).default(names.namespace);
}

/** kubectl's `-o`, with those of its formats that a command has; the first is what is shown without it. */
export function outputOption(formats: readonly OutputFormat[], more = ''): Option {
  return new Option('-o, --output <FORMAT>', `how to show it${more === '' ? '' : ` (${more})`}`).choices(formats).default(formats[0]);
}

/** For `-l`: only what would be refused by any server; the rest is judged there. */
function labelSelector(value: string): string {
  if (!/^[-\w./ ,=!()]+$/.test(value)) {
    throw new InvalidArgumentError("It is not a label selector, as app=web,tier!=cache or 'app in (web, api)'.");
  }
  return value;
}
