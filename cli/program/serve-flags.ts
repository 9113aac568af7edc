import type { Probe } from '../../server/bootstrap/probe.ts';
import type { LogLevel } from '../../server/log-level.ts';
import type { Address } from '../../server/serve-options.ts';
import type { ConnectionFlags } from './kube-options.ts';
import type { StatusActions } from './status-command.ts';

export interface ServeFlags extends ConnectionFlags {
  readonly artifact?: string;
  readonly live?: boolean;
  readonly endpoints: 'artifact' | 'kubernetes';
  readonly meshName: string;
  readonly meshNamespace: string;
  readonly clusterDomain: string;
  readonly ca: string;
  readonly listen: Address;
  readonly admin: Address;
  readonly enrolment?: Address;
  readonly trustDomain?: string;
  readonly identity?: string;
  readonly dns: readonly string[];
  /** Seconds. */
  readonly lifetime?: number;
  /** Seconds. */
  readonly drain: number;
  readonly logLevel: LogLevel;
}

export interface BootstrapFlags {
  readonly serviceAccount: string;
  readonly server: Address;
  readonly serverIdentity?: string;
  readonly trustDomain: string;
  readonly certificates: string;
  readonly secrets?: string;
  readonly out?: string;
  readonly protocol: 'delta' | 'sotw';
  readonly probe: readonly Probe[];
  readonly ipv6?: boolean;
  readonly output: 'json' | 'yaml';
}

/** What the commands around the server do. */
export interface ServeActions extends StatusActions {
  serve(artifact: string | undefined, flags: ServeFlags): Promise<void>;
  bootstrap(pod: string, flags: BootstrapFlags): Promise<void>;
}
