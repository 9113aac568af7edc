import { Command, InvalidArgumentError, Option } from 'commander';
import { addressText } from '../../server/serve-options.ts';
import { defaultSettings, type MeshSettings, nativeModes } from '../../webhook/inject/mesh-settings.ts';
import { version } from '../version.ts';
import { address, dnsLabel, dnsName, labelValue, nonEmpty, repeated, spiffeId } from './argument-parsers.ts';
import type { SidecarFlags } from './sidecar-flags.ts';

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
  return new Command('inject')
    .summary('put sidecars into workloads')
    .description('Prints the input with a sidecar in every pod and every template of pods that gets one, as the webhook would give it; all else stays as it is. Namespaces and a MeshConfig in the input count. The exit code is 1 if a pod is refused, and then nothing is printed.')
    .argument('[PATH...]', 'files, folders (with all that is below them), or - for standard input: YAML or JSON')
    .addOption(new Option('-f, --file <PATH>', 'the same as an argument; may be given several times').argParser(repeated).default([], 'none'))
    .addOption(new Option('--explain', 'say for each workload why it was injected or not, and what it got'))
    .addOption(new Option('--as-patch', 'print JSON patches (RFC 6902) instead, a line for each workload, [] for those that stay as they are'))
    .addOption(new Option('-n, --namespace <NAMESPACE>', 'of objects that name none').argParser(dnsLabel).default('default'))
    .addOption(new Option('--mesh-name <NAME>', 'name of the mesh, as namespaces carry it in openservicemesh.io/monitored-by').argParser(labelValue).default(defaultSettings.meshName))
    .addOption(new Option('--mesh-namespace <NAMESPACE>', "the control plane's namespace").argParser(dnsLabel).default(defaultSettings.meshNamespace))
    .addOption(new Option('--trust-domain <DOMAIN>', 'trust domain of the SPIFFE identities').argParser(dnsName).default(defaultSettings.trustDomain))
    .addOption(new Option('--server <HOST:PORT>', 'where sidecars get their configuration').argParser(address).default(defaultSettings.server, addressText(defaultSettings.server)))
    .addOption(new Option('--issuer <HOST:PORT>', 'where sidecars get their certificate').argParser(address).default(defaultSettings.issuer, addressText(defaultSettings.issuer)))
    .addOption(new Option('--server-identity <SPIFFE ID>', "identity of the server's certificate (default: spiffe://TRUST-DOMAIN/ns/smic-system/sa/smic)").argParser(spiffeId))
    .addOption(new Option('--trust-bundle <FILE>', "the mesh's roots (PEM), which are put into the pods (default: pods take them from the ConfigMap smic-trust-bundle of their namespace)").argParser(nonEmpty))
    .addOption(new Option('--image <IMAGE>', "the sidecar's image: smic, with Envoy").argParser(nonEmpty).default(`smic:${version}`, 'smic:VERSION'))
    .addOption(new Option('--init-image <IMAGE>', "the init container's image: a shell, with iptables").argParser(nonEmpty).default(`smic-init:${version}`, 'smic-init:VERSION'))
    .addOption(new Option('--native-sidecars <WHEN>', 'sidecars as init containers that stay; auto: if --kubernetes-version, where given, is 1.29 or newer').choices([...nativeModes]).default('auto'))
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
