import { Command, Option } from 'commander';
import { defaultOptions } from '../../compiler/options.ts';
import type { LogLevel } from '../../server/log-level.ts';
import { logLevels } from '../../server/log-level.ts';
import { type Address, addressText } from '../../server/serve-options.ts';
import { defaultSettings } from '../../webhook/inject/mesh-settings.ts';
import { ports } from '../../webhook/names.ts';
import { address, dnsName, nonEmpty, repeatedDnsName } from './argument-parsers.ts';
import { addConnectionOptions, type ConnectionFlags } from './kube-options.ts';
import { meshNameOption, meshNamespaceOption, trustDomainOption } from './mesh-options.ts';
import { addSidecarOptions, type SidecarFlags } from './sidecar-options.ts';

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
    .addOption(new Option('--admin <HOST:PORT>', 'where health, readiness and metrics are asked for, without TLS').argParser(address).default(admin, addressText(admin)));
  addSidecarOptions(command, {
    roots: '; read again for each',
    images: { sidecar: [defaultSettings.image], init: [defaultSettings.initImage] },
    native: 'the API server is of version 1.29 or newer',
  })
    .addOption(new Option('--ipv6', 'the mesh has IPv6 addresses'))
    .addOption(meshNameOption())
    .addOption(meshNamespaceOption())
    .addOption(trustDomainOption())
    .addOption(new Option('--cluster-domain <DOMAIN>', "the cluster's DNS domain").argParser(dnsName).default(defaultOptions.clusterDomain))
    .addOption(new Option('--log-level <LEVEL>', 'what is logged').choices([...logLevels]).default('info'))
    .action((flags: WebhookFlags) => webhook(flags));
  return addConnectionOptions(command);
}
