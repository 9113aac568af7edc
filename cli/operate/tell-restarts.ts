import type { NamespaceFacts } from '../../compiler/mesh/sidecar-rule.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { plural } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Controller, controllerName, isRestartable, restart } from './controllers.ts';
import type { Installation } from './installation.ts';
import { needsRestart } from './needs-restart.ts';

/** Says what in a namespace must be made anew to get or to lose its sidecar, and with `doIt` restarts what can be. */
export async function tellRestarts(terminal: Terminal, client: KubeClient, namespace: NamespaceFacts, installation: Installation, doIt: boolean): Promise<void> {
  const controllers = await needsRestart(client, namespace, installation);
  const [restartable, others] = [controllers.filter(isRestartable), controllers.filter((controller) => !isRestartable(controller))];
  for (const controller of doIt ? restartable : []) {
    await restart(client, controller, new Date());
    await terminal.out.write(`${nameIn(namespace, controller)} restarted\n`);
  }
  if (!doIt && restartable.length > 0) {
    await terminal.err.write(`To be restarted (--restart does it), since sidecars come and go with their pods:\n${restartable.map((one) => line(namespace, one)).join('')}`);
  }
  if (others.length > 0) {
    await terminal.err.write(`To be made anew by hand, since nothing replaces their pods:\n${others.map((one) => line(namespace, one)).join('')}`);
  }
}

function line(namespace: NamespaceFacts, controller: Controller): string {
  return `  ${nameIn(namespace, controller)} (${plural(controller.pods.length, 'pod')})\n`;
}

function nameIn(namespace: NamespaceFacts, controller: Controller): string {
  return printable(`${controllerName(controller)} in ${namespace.name}`);
}
