import { ownLabels } from '../../install/objects/labels.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';

interface PodStatus {
  readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  readonly containerStatuses?: readonly { readonly name: string; readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } } }[];
}

/** Why pods of the installation don't run, in words: what keeps them from a node, an image from being pulled, a container from starting. */
export async function podTroubles(client: KubeClient, namespace: string): Promise<readonly string[]> {
  const labelSelector = `app.kubernetes.io/name=${ownLabels['app.kubernetes.io/name']}`;
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector });
  return items.flatMap(({ metadata, ...pod }) => {
    const { conditions = [], containerStatuses = [] } = (pod['status'] ?? {}) as PodStatus;
    const unscheduled = conditions.filter(({ type, status }) => type === 'PodScheduled' && status === 'False').map(({ message = 'it has no node' }) => message);
    const waiting = containerStatuses.flatMap(({ state }) => {
      const { reason, message } = state?.waiting ?? {};
      return reason === undefined || reason === 'ContainerCreating' ? [] : [[reason, message].filter(Boolean).join(': ')];
    });
    return [...unscheduled, ...waiting].map((words) => `pod ${metadata.name}: ${words}`);
  });
}
