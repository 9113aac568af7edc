import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { Level } from '../../compiler/diagnostics/diagnostic.ts';
import type { ReporterName } from '../report/load-reporter.ts';
import type { AgentFlags } from './agent-command.ts';
import type { CaActions } from './ca-flags.ts';
import type { DemoFlags } from './demo-command.ts';
import type { InjectActions } from './inject-command.ts';
import type { InstallActions } from './install-flags.ts';
import type { OperateActions } from './operate-commands.ts';
import type { ProxyActions } from './proxy-flags.ts';
import type { ConnectionFlags } from './kube-options.ts';
import type { ServeActions } from './serve-flags.ts';
import type { WebhookFlags } from './webhook-command.ts';
import type { SnapshotFlags } from './snapshot-command.ts';

/** The options that `compile` and `lint` share, as commander gives them. */
export interface InputFlags extends ConnectionFlags {
  readonly file: readonly string[];
  readonly snapshot: readonly string[];
  readonly live?: boolean;
  readonly trustDomain: string;
  readonly clusterDomain: string;
  readonly meshName: string;
  readonly meshNamespace: string;
  readonly complete?: boolean;
  readonly endpoints: 'snapshot' | 'hole';
  readonly allowEmpty?: boolean;
  readonly suppress: readonly string[];
  readonly report?: ReporterName;
}

export interface CompileFlags extends InputFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly bundle?: string;
  readonly output?: 'json' | 'yaml';
  readonly proxy?: string;
  readonly types?: readonly ResourceType[];
  readonly check?: string;
  readonly watch?: boolean;
  readonly stats?: boolean;
}

export interface LintFlags extends InputFlags {
  readonly failOn: Level;
}

export interface VersionFlags {
  readonly output?: 'json' | 'yaml';
}

/** What each command does. */
export interface Actions extends InjectActions, InstallActions, ServeActions {
  compile(paths: readonly string[], flags: CompileFlags): Promise<void>;
  lint(paths: readonly string[], flags: LintFlags): Promise<void>;
  explain(code: string | undefined): Promise<void>;
  snapshot(flags: SnapshotFlags): Promise<void>;
  version(flags: VersionFlags): Promise<void>;
  completion(shell: string): Promise<void>;
  readonly ca: CaActions;
  readonly operate: OperateActions;
  readonly proxy: ProxyActions;
  agent(flags: AgentFlags): Promise<void>;
  webhook(flags: WebhookFlags): Promise<void>;
  demo(flags: DemoFlags): Promise<void>;
}
