import { type Command, Option } from 'commander';
import { type Address, addressText } from '../../server/serve-options.ts';
import { defaultSettings, type MeshSettings, nativeModes } from '../../webhook/inject/mesh-settings.ts';
import { address, nonEmpty } from './argument-parsers.ts';
import { serverIdentityOption } from './mesh-options.ts';

/** What sidecars are given, as `smic inject` and `smic webhook` are told it. */
export interface SidecarFlags {
  readonly meshName: string;
  readonly meshNamespace: string;
  readonly trustDomain: string;
  readonly server: Address;
  readonly issuer: Address;
  readonly serverIdentity?: string;
  readonly trustBundle?: string;
  readonly image: string;
  readonly initImage: string;
  readonly nativeSidecars: MeshSettings['nativeSidecars'];
  readonly ipv6?: boolean;
}

/** In what the two differ. */
interface SidecarWords {
  /** What is said of the roots besides. */
  readonly roots?: string;
  /** The default images, and how help writes them. */
  readonly images: Readonly<Record<'sidecar' | 'init', readonly [value: string, shown?: string]>>;
  /** When `auto` means native. */
  readonly native: string;
}

/** Adds the options for where sidecars ask, whom they trust and what they run: `--server` to `--native-sidecars`. */
export function addSidecarOptions(command: Command, { roots = '', images, native }: SidecarWords): Command {
  return command
    .addOption(new Option('--server <HOST:PORT>', 'where sidecars get their configuration').argParser(address).default(defaultSettings.server, addressText(defaultSettings.server)))
    .addOption(new Option('--issuer <HOST:PORT>', 'where sidecars get their certificate').argParser(address).default(defaultSettings.issuer, addressText(defaultSettings.issuer)))
    .addOption(serverIdentityOption())
    .addOption(new Option('--trust-bundle <FILE>', `the mesh's roots (PEM), which are put into the pods${roots} (default: pods take them from the ConfigMap smic-trust-bundle of their namespace)`).argParser(nonEmpty))
    .addOption(new Option('--image <IMAGE>', "the sidecar's image: smic, with Envoy").argParser(nonEmpty).default(...images.sidecar))
    .addOption(new Option('--init-image <IMAGE>', "the init container's image: a shell, with iptables").argParser(nonEmpty).default(...images.init))
    .addOption(new Option('--native-sidecars <WHEN>', `sidecars as init containers that stay; auto: if ${native}`).choices([...nativeModes]).default('auto'));
}
