import { Command, Option } from 'commander';
import { dnsLabel } from './argument-parsers.ts';
import { addConnectionOptions, allNamespacesOption, type ConnectionFlags, selectorOption } from './kube-options.ts';

export interface MetricsFlags extends ConnectionFlags {
  readonly namespace?: readonly string[];
  /** Those in a mesh. */
  readonly allNamespaces?: boolean;
  readonly selector?: string;
}

/** What the commands below `smic metrics` do. */
export interface MetricsActions {
  switch(on: boolean, flags: MetricsFlags): Promise<void>;
}

/** `smic metrics` and the commands below it. */
export function metricsCommand(actions: MetricsActions): Command {
  return new Command('metrics')
    .summary("let Prometheus scrape namespaces' sidecars")
    .description("Switches the scraping of sidecars' metrics for whole namespaces.")
    .addCommand(switchCommand('enable', actions, true))
    .addCommand(switchCommand('disable', actions, false));
}

function switchCommand(name: string, actions: MetricsActions, on: boolean): Command {
  return addConnectionOptions(new Command(name))
    .summary(on ? 'let them be scraped' : 'let them be scraped no more')
    .description(
      on
        ? "Annotates namespaces, and the pods in them that have a sidecar, so that Prometheus scrapes the sidecars; pods that are made later are annotated by the webhook."
        : "Takes the annotations away again, from namespaces and from pods.",
    )
    .addOption(new Option('-n, --namespace <NAMESPACES>', 'namespaces, separated by commas; may be given several times').argParser(namespaceList).conflicts(['allNamespaces', 'selector']))
    .addOption(allNamespacesOption('all namespaces that are in a mesh'))
    .addOption(selectorOption('namespaces with these labels'))
    .action((flags: MetricsFlags) => actions.switch(on, flags));
}

function namespaceList(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, ...value.split(',').map((name) => dnsLabel(name.trim()))];
}
