import type { Command } from 'commander';
import { type CheckAction, checkCommand } from './check-command.ts';
import { type MetricsActions, metricsCommand } from './metrics-command.ts';
import { type NamespaceActions, namespaceCommand } from './namespace-command.ts';
import { type SupportFlags, supportCommand } from './support-command.ts';
import { type VerifyActions, verifyCommand } from './verify-command.ts';

/** What the commands for whoever runs a mesh in a cluster do. */
export interface OperateActions {
  readonly check: CheckAction;
  supportDump(flags: SupportFlags): Promise<void>;
  readonly namespace: NamespaceActions;
  readonly metrics: MetricsActions;
  readonly verify: VerifyActions;
}

/** `smic check`, `smic namespace`, `smic metrics`, `smic verify`, `smic support-dump`. */
export function operateCommands(actions: OperateActions): readonly Command[] {
  return [checkCommand(actions.check), namespaceCommand(actions.namespace), metricsCommand(actions.metrics), verifyCommand(actions.verify), supportCommand(actions.supportDump)];
}
