import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { ScopeFlags } from '../program/kube-options.ts';

/** The pods with the labels that are asked for, as `NAMESPACE/POD`; undefined where none are asked for. */
export async function podsWith(client: KubeClient, { namespace, selector }: ScopeFlags): Promise<ReadonlySet<string> | undefined> {
  if (selector === undefined) {
    return undefined;
  }
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: selector });
  return new Set(items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
}
