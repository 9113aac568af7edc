import { metricsAnnotation, monitoredBy } from '../../compiler/mesh/sidecar-rule.ts';
import { isNotFound } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import { withCluster } from '../kubernetes/connect.ts';
import { changeNamespace } from '../operate/change-namespace.ts';
import { chosenNamespaces } from '../operate/chosen-namespaces.ts';
import { scrapeAnnotations } from '../operate/scrape-annotations.ts';
import { podView, type PodView } from '../operate/pod.ts';
import type { MetricsFlags } from '../program/metrics-command.ts';
import { plural } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic metrics enable`, `smic metrics disable`. */
export async function metricsCommand(terminal: Terminal, on: boolean, flags: MetricsFlags): Promise<ExitCode> {
  return withCluster(flags, terminal.err, async (client) => {
    // All of them are looked at before the first is changed.
    const namespaces = await namespacesOf(client, flags);
    for (const before of namespaces) {
      const { name, labels = {} } = before.metadata;
      const { changed } = await changeNamespace(client, before, { annotations: { [metricsAnnotation]: on ? 'enabled' : null } });
      const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: name });
      const pods = items.map(podView).filter((pod) => pod.sidecar !== undefined && !pod.leaving && isDue(pod, on));
      for (const pod of pods) {
        await annotate(client, pod, on);
      }
      const what = changed || pods.length > 0 ? `metrics ${on ? 'enabled' : 'disabled'} (${plural(pods.length, 'pod')} annotated)` : `metrics are ${on ? 'enabled' : 'disabled'} already`;
      await terminal.out.write(`namespace/${name} ${what}\n`);
      if (on && labels[monitoredBy] === undefined) {
        await terminal.err.write(`warning: namespace ${name} is in no mesh: it has no sidecars to scrape\n`);
      }
    }
    return exitCode.yes;
  });
}

async function namespacesOf(client: KubeClient, { namespace = [], allNamespaces = false, selector }: MetricsFlags): Promise<readonly KubeObject[]> {
  if (namespace.length === 0 && !allNamespaces && selector === undefined) {
    throw new Failure('no namespace is named', 'Name some with -n, choose them by their labels with -l, or take all that are in a mesh with -A.');
  }
  return chosenNamespaces(client, namespace, allNamespaces ? [monitoredBy, ...(selector === undefined ? [] : [selector])].join(',') : selector);
}

function isDue({ object }: PodView, on: boolean): boolean {
  const annotations = object.metadata.annotations ?? {};
  const entries = Object.entries(scrapeAnnotations);
  // What says something else isn't ours.
  return on ? entries.some(([key, value]) => annotations[key] !== value) : entries.every(([key, value]) => annotations[key] === value);
}

async function annotate(client: KubeClient, { namespace, name }: PodView, on: boolean): Promise<void> {
  const annotations = on ? scrapeAnnotations : Object.fromEntries(Object.keys(scrapeAnnotations).map((key) => [key, null]));
  try {
    await client.patch({ apiVersion: 'v1', kind: 'Pod', namespace, name }, { metadata: { annotations } });
  } catch (error) {
    // It may have ended in the meantime.
    if (!isNotFound(error)) {
      throw error;
    }
  }
}
