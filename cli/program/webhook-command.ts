import { Command, Option } from 'commander';
import { defaultOptions } from '../../compiler/options.ts';
import type { LogLevel } from '../../server/log-level.ts';
import { logLevels } from '../../server/log-level.ts';
import { type Address, addressText } from '../../server/serve-options.ts';
import { defaultSettings, nativeModes } from '../../webhook/inject/mesh-settings.ts';
import { ports } from '../../webhook/names.ts';
import { address, dnsLabel, dnsName, labelValue, nonEmpty, repeatedDnsName, spiffeId } from './argument-parsers.ts';
import { addConnectionOptions, type ConnectionFlags } from './kube-options.ts';
import type { SidecarFlags } from './sidecar-flags.ts';

export interface WebhookFlags extends ConnectionFlags, SidecarFlags {
  readonly certificate?: string;
  readonly ca?: string;
  readonly dns: readonly string[];
  readonly listen: Address;
  readonly admin: Address;
  readonly clusterDomain: string;
  readonly logLevel: LogLevel;
}

const listen: Address = { host: '0.0.0.0', port: ports.webhook };
const admin: Address = { host: '127.0.0.1', port: ports.webhookAdmin };

/** `smic webhook` */
export function webhookCommand(webhook: (flags: WebhookFlags) => Promise<void>): Command {
  const command = new Command('webhook')
    .summary('inject sidecars and check policy in a cluster')
    .description("Answers the API server's admission reviews by HTTPS: /mutate puts sidecars into pods, /validate says of policy what smic lint says. The log goes to standard error, as JSON. SIGTERM answers what has been asked, and ends.")
    .addOption(new Option('--certificate <DIR>', 'folder of tls.crt and tls.key, which are read again when they change').argParser(nonEmpty))
    .addOption(new Option('--ca <DIR>', 'folder of a CA, as smic ca init makes it, that issues the certificate instead: not that of the mesh').argParser(nonEmpty).conflicts('certificate'))
    .addOption(new Option('--dns <NAME>', 'with --ca: a DNS name in the certificate (default: smic-webhook.smic-system.svc); may be given several times').argParser(repeatedDnsName).default([], 'none'))
    .addOption(new Option('--listen <HOST:PORT>', 'where the API server asks').argParser(address).default(listen, addressText(listen)))
    .addOption(new Option('--admin <HOST:PORT>', 'where health, readiness and metrics are asked for, without TLS').argParser(address).default(admin, addressText(admin)))
    .addOption(new Option('--server <HOST:PORT>', 'where sidecars get their configuration').argParser(address).default(defaultSettings.server, addressText(defaultSettings.server)))
    .addOption(new Option('--issuer <HOST:PORT>', 'where sidecars get their certificate').argParser(address).default(defaultSettings.issuer, addressText(defaultSettings.issuer)))
    .addOption(new Option('--server-identity <SPIFFE ID>', "identity of the server's certificate (default: spiffe://TRUST-DOMAIN/ns/smic-system/sa/smic)").argParser(spiffeId))
    .addOption(new Option('--trust-bundle <FILE>', "the mesh's roots (PEM), which are put into the pods; read again for each (default: pods take them from the ConfigMap smic-trust-bundle of their namespace)").argParser(nonEmpty))
    .addOption(new Option('--image <IMAGE>', "the sidecar's image: smic, with Envoy").argParser(nonEmpty).default(defaultSettings.image))
    .addOption(new Option('--init-image <IMAGE>', "the init container's image: a shell, with iptables").argParser(nonEmpty).default(defaultSettings.initImage))
    .addOption(new Option('--native-sidecars <WHEN>', 'sidecars as init containers that stay; auto: if the API server is of version 1.29 or newer').choices([...nativeModes]).default('auto'))
    .addOption(new Option('--ipv6', 'the mesh has IPv6 addresses'))
    .addOption(new Option('--mesh-name <NAME>', 'name of the mesh, as namespaces carry it in openservicemesh.io/monitored-by').argParser(labelValue).default(defaultOptions.meshName))
    .addOption(new Option('--mesh-namespace <NAMESPACE>', "the control plane's namespace").argParser(dnsLabel).default(defaultOptions.meshNamespace))
    .addOption(new Option('--trust-domain <DOMAIN>', 'trust domain of the SPIFFE identities').argParser(dnsName).default(defaultOptions.trustDomain))
    .addOption(new Option('--cluster-domain <DOMAIN>', "the cluster's DNS domain").argParser(dnsName).default(defaultOptions.clusterDomain))
    .addOption(new Option('--log-level <LEVEL>', 'what is logged').choices([...logLevels]).default('info'))
    .action((flags: WebhookFlags) => webhook(flags));
  return addConnectionOptions(command);
}
