import { Command, Option } from 'commander';
import type { Address } from '../../server/serve-options.ts';
import { credentialsFolder, runFolder } from '../../webhook/sidecar-contract.ts';
import { address, nonEmpty, seconds } from './argument-parsers.ts';
import { serverIdentityOption, trustDomainOption } from './mesh-options.ts';

export interface AgentFlags {
  readonly server?: Address;
  readonly issuer?: Address;
  readonly serverIdentity?: string;
  readonly trustDomain: string;
  /** Envoy's word. */
  readonly logLevel: string;
  readonly ipv6?: boolean;
  /** Seconds. */
  readonly drain: number;
  readonly envoy: string;
  readonly folder: string;
  readonly credentials: string;
  readonly wait?: boolean;
}

/** What Envoy's --log-level takes. */
const envoyLevels = ['trace', 'debug', 'info', 'warning', 'warn', 'error', 'critical', 'off'];

/** `smic agent` */
export function agentCommand(agent: (flags: AgentFlags) => Promise<void>): Command {
  return new Command('agent')
    .summary("run a pod's sidecar")
    .description("Runs in the sidecar's container: exchanges the pod's service-account token for a certificate, renews it while the pod lives, and runs Envoy as its child. The environment and the files that it needs come from the injector. It ends with Envoy's exit code; SIGTERM drains. Its log goes to standard error, as JSON.")
    .addOption(new Option('--server <HOST:PORT>', 'where Envoy gets its configuration').argParser(address))
    .addOption(new Option('--issuer <HOST:PORT>', 'where the token is exchanged for a certificate').argParser(address))
    .addOption(serverIdentityOption('both'))
    .addOption(trustDomainOption())
    .addOption(new Option('--log-level <LEVEL>', 'what Envoy logs').choices(envoyLevels).default('error'))
    .addOption(new Option('--ipv6', 'listen on IPv6 too'))
    .addOption(new Option('--drain <DURATION>', 'how long Envoy goes on after SIGTERM').argParser(seconds).default(0, '0s'))
    .addOption(new Option('--envoy <FILE>', "Envoy's program").argParser(nonEmpty).default('envoy'))
    .addOption(new Option('--folder <DIR>', 'where certificate and bootstrap are written: in memory, and readable by this user only').argParser(nonEmpty).default(runFolder))
    .addOption(new Option('--credentials <DIR>', "where the pod's token is").argParser(nonEmpty).default(credentialsFolder))
    .addOption(new Option('--wait', 'run nothing: end as soon as the Envoy of this pod is ready (exit code 1 if that takes five minutes)'))
    .action((flags: AgentFlags) => agent(flags));
}
