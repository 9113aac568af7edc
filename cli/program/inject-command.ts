import { Command, InvalidArgumentError, Option } from 'commander';
import type { MeshSettings } from '../../webhook/inject/mesh-settings.ts';
import { version } from '../version.ts';
import { dnsLabel, repeated } from './argument-parsers.ts';
import { meshNameOption, meshNamespaceOption, trustDomainOption } from './mesh-options.ts';
import { addSidecarOptions, type SidecarFlags } from './sidecar-options.ts';

export interface InjectFlags extends SidecarFlags {
  readonly file: readonly string[];
  readonly namespace: string;
  readonly kubernetesVersion?: NonNullable<MeshSettings['serverVersion']>;
  readonly explain?: boolean;
  readonly asPatch?: boolean;
}

export interface InjectActions {
  inject(paths: readonly string[], flags: InjectFlags): Promise<void>;
}

/** `smic inject`. */
export function injectCommand(actions: InjectActions): Command {
  const command = new Command('inject')
    .summary('put sidecars into workloads')
    .description('Prints the input with a sidecar in every pod and every template of pods that gets one, as the webhook would give it; all else stays as it is. Namespaces and a MeshConfig in the input count. The exit code is 1 if a pod is refused, and then nothing is printed.')
    .argument('[PATH...]', 'files, folders (with all that is below them), or - for standard input: YAML or JSON')
    .addOption(new Option('-f, --file <PATH>', 'the same as an argument; may be given several times').argParser(repeated).default([], 'none'))
    .addOption(new Option('--explain', 'say for each workload why it was injected or not, and what it got'))
    .addOption(new Option('--as-patch', 'print JSON patches (RFC 6902) instead, a line for each workload, [] for those that stay as they are'))
    .addOption(new Option('-n, --namespace <NAMESPACE>', 'of objects that name none').argParser(dnsLabel).default('default'))
    .addOption(meshNameOption())
    .addOption(meshNamespaceOption())
    .addOption(trustDomainOption());
  return addSidecarOptions(command, {
    images: { sidecar: [`smic:${version}`, 'smic:VERSION'], init: [`smic-init:${version}`, 'smic-init:VERSION'] },
    native: '--kubernetes-version, where given, is 1.29 or newer',
  })
    .addOption(new Option('--kubernetes-version <VERSION>', 'of the cluster, as 1.28').argParser(kubernetesVersion))
    .addOption(new Option('--ipv6', 'the mesh has IPv6 addresses (default: if the input has some)'))
    .addOption(new Option('--debug', 'show the stack of an internal error'))
    .action((paths: string[], flags: InjectFlags) => actions.inject(paths, flags));
}

function kubernetesVersion(value: string): NonNullable<MeshSettings['serverVersion']> {
  const [, major, minor] = /^v?(\d{1,3})\.(\d{1,3})(?:[.+-].*)?$/.exec(value) ?? [];
  if (major === undefined || minor === undefined) {
    throw new InvalidArgumentError('It is not a version, as 1.28.');
  }
  return { major: Number(major), minor: Number(minor) };
}
