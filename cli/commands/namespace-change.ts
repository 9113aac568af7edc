import { ignored, injectionAnnotation, isOutside, monitoredBy } from '../../compiler/mesh/sidecar-rule.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { names } from '../../webhook/names.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { changeNamespace, type NamespaceChange } from '../operate/change-namespace.ts';
import { chosenNamespaces } from '../operate/chosen-namespaces.ts';
import { assumedInstallation, installationIn } from '../operate/installation.ts';
import { namespaceFacts } from '../operate/pod.ts';
import { tellRestarts } from '../operate/tell-restarts.ts';
import type { NamespaceAddFlags, NamespaceFlags } from '../program/namespace-command.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What a command does to a namespace, and says of it. */
interface Step {
  readonly change: NamespaceChange;
  readonly done: string;
  /** Where nothing had to be changed. */
  readonly already: string;
}

/** `smic namespace add`. */
export function namespaceAddCommand(terminal: Terminal, namespaces: readonly string[], flags: NamespaceAddFlags): Promise<ExitCode> {
  const { meshName, disableSidecarInjection = false } = flags;
  const injection = disableSidecarInjection ? 'disabled' : 'enabled';
  return changeAll(terminal, namespaces, flags, async (client, namespace) => {
    await refuse(client, namespace, meshName);
    return {
      change: { labels: { [monitoredBy]: meshName }, annotations: { [injectionAnnotation]: injection } },
      done: `added to mesh ${meshName}${disableSidecarInjection ? ', without sidecars' : ''}`,
      already: `is in mesh ${meshName} already`,
    };
  });
}

/** `smic namespace remove`. */
export function namespaceRemoveCommand(terminal: Terminal, namespaces: readonly string[], flags: NamespaceFlags): Promise<ExitCode> {
  return changeAll(terminal, namespaces, flags, async (_client, namespace) => {
    const mesh = namespace.metadata.labels?.[monitoredBy];
    if (mesh !== undefined && mesh !== flags.meshName) {
      throw new Failure(`namespace ${namespace.metadata.name} is in another mesh, ${mesh}`, `Name it with --mesh-name ${mesh} if it is meant.`);
    }
    return {
      change: { labels: { [monitoredBy]: null }, annotations: { [injectionAnnotation]: null } },
      done: `removed from mesh ${flags.meshName}`,
      already: `is not in mesh ${flags.meshName}`,
    };
  });
}

/** `smic namespace ignore`. */
export function namespaceIgnoreCommand(terminal: Terminal, namespaces: readonly string[], flags: NamespaceFlags): Promise<ExitCode> {
  return changeAll(terminal, namespaces, flags, async () => ({ change: { labels: { [ignored]: 'true' } }, done: 'ignored', already: 'is ignored already' }));
}

/** Looks at all of the namespaces before it changes the first. */
async function changeAll(terminal: Terminal, list: readonly string[], flags: NamespaceFlags, plan: (client: KubeClient, namespace: KubeObject) => Promise<Step>): Promise<ExitCode> {
  return withCluster(flags, terminal.err, async (client) => {
    const steps: { readonly namespace: KubeObject; readonly step: Step }[] = [];
    for (const namespace of await chosenNamespaces(client, list, flags.selector)) {
      steps.push({ namespace, step: await plan(client, namespace) });
    }
    const installation = { ...((await installationIn(client, names.namespace)) ?? assumedInstallation(names.namespace)), meshName: flags.meshName };
    for (const { namespace: before, step } of steps) {
      const { namespace, changed } = await changeNamespace(client, before, step.change);
      await terminal.out.write(`namespace/${namespace.metadata.name} ${changed ? step.done : step.already}\n`);
      await tellRestarts(terminal, client, namespaceFacts(namespace), installation, flags.restart ?? false);
    }
    return exitCode.yes;
  });
}

async function refuse(client: KubeClient, { metadata: { name, labels = {} } }: KubeObject, meshName: string): Promise<void> {
  if (isOutside(name, { meshNamespace: names.namespace }) || (await installationIn(client, name)) !== undefined) {
    throw new Failure(`namespace ${name} cannot join a mesh`, 'It belongs to the cluster, or smic is installed in it.');
  }
  if (labels[ignored] !== undefined) {
    throw new Failure(`namespace ${name} is ignored (label ${ignored})`, `kubectl label namespace ${name} ${ignored}- takes that back.`);
  }
  const other = labels[monitoredBy];
  if (other !== undefined && other !== meshName) {
    throw new Failure(`namespace ${name} is in another mesh, ${other}`, `smic namespace remove ${name} --mesh-name ${other} takes it out of there.`);
  }
}
