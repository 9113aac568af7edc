import type { NamespaceFacts } from '../../compiler/mesh/sidecar-rule.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { type Controller, controllersOf } from './controllers.ts';
import type { Installation } from './installation.ts';
import { podView, whyNone } from './pod.ts';

/** What in a namespace runs otherwise than it would if it were made anew now: with a sidecar or without. */
export async function needsRestart(client: KubeClient, namespace: NamespaceFacts, installation: Installation): Promise<readonly Controller[]> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: namespace.name });
  const pods = items.map(podView).filter((pod) => !pod.leaving);
  return controllersOf(
    client,
    pods.filter((pod) => (whyNone(pod, namespace, installation) === undefined) !== (pod.sidecar !== undefined)),
  );
}
