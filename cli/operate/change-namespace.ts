import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { present } from './installation.ts';
import { Failure } from '../failure.ts';

/** null: taken away. */
export type Words = Readonly<Record<string, string | null>>;

export interface NamespaceChange {
  readonly labels?: Words;
  readonly annotations?: Words;
}

/** A namespace. Rejects with a Failure where there is none of the name. */
export async function needNamespace(client: KubeClient, name: string): Promise<KubeObject> {
  const namespace = await present(client, { apiVersion: 'v1', kind: 'Namespace', name });
  if (namespace === undefined) {
    throw new Failure(`there is no namespace ${name}`, 'kubectl get namespaces lists them.');
  }
  return namespace;
}

/** Makes a change, where anything would change; gives the namespace as it is then. */
export async function changeNamespace(client: KubeClient, namespace: KubeObject, change: NamespaceChange): Promise<{ readonly namespace: KubeObject; readonly changed: boolean }> {
  const { labels = {}, annotations = {} } = change;
  const same = isThere(namespace.metadata.labels, labels) && isThere(namespace.metadata.annotations, annotations);
  if (same) {
    return { namespace, changed: false };
  }
  const { name } = namespace.metadata;
  return { namespace: await client.patch({ apiVersion: 'v1', kind: 'Namespace', name }, { metadata: { labels, annotations } }), changed: true };
}

function isThere(has: Readonly<Record<string, string>> = {}, wanted: Words): boolean {
  return Object.entries(wanted).every(([key, value]) => (value === null ? has[key] === undefined : has[key] === value));
}
