import { Command, Option } from 'commander';
import { nonEmpty } from './argument-parsers.ts';

/** The options of `smic demo`, as commander gives them. */
export interface DemoFlags {
  readonly yes?: boolean;
  readonly envoy?: string;
  readonly podProcess?: boolean;
}

export function demoCommand(action: (flags: DemoFlags) => Promise<void>): Command {
  return new Command('demo')
    .summary('show the bookstore, with real sidecars')
    .description(
      'Builds the bookstore on this machine, a network namespace for each pod, with real Envoys and a real server, and shows step by step what a mesh does. ' +
        'It needs Linux, root, iproute2, iptables and an Envoy. The network of the machine itself stays as it is, and all is removed at the end.',
    )
    .addOption(new Option('--yes', 'go on after each step without waiting for Enter'))
    .addOption(new Option('--envoy <FILE>', 'the Envoy binary (default: ENVOY_BIN, or envoy in the PATH)').argParser(nonEmpty))
    // What runs in the pods is this same command.
    .addOption(new Option('--pod-process').hideHelp())
    .addOption(new Option('--debug', 'show the stack of an internal error'))
    .action(action);
}
