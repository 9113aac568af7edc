import { type Command, InvalidArgumentError, Option } from 'commander';
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
export function addScopeOptions(command: Command, fallback: string): Command {
  return command
    .addOption(namespaceOption(`only objects of this namespace (default: ${fallback})`))
    .addOption(new Option('-A, --all-namespaces', 'objects of all namespaces').conflicts('namespace'))
    .addOption(new Option('-l, --selector <LABELS>', 'only objects with these labels, as app=web,tier!=cache').argParser(labelSelector));
}

/** `-n, --namespace` */
function namespaceOption(description: string): Option {
  return new Option('-n, --namespace <NAMESPACE>', description).argParser(dnsLabel);
}

/** For `-l`: only what would be refused by any server; the rest is judged there. */
export function labelSelector(value: string): string {
  if (!/^[-\w./ ,=!()]+$/.test(value)) {
    throw new InvalidArgumentError("It is not a label selector, as app=web,tier!=cache or 'app in (web, api)'.");
  }
  return value;
}
