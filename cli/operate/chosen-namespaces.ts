import { compareText } from '../../compiler/order.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { Failure } from '../failure.ts';
import { needNamespace } from './change-namespace.ts';

/** Namespaces that are named, each once, or those with labels, sorted by name. Rejects with a Failure where both or neither is given, and where there are none. */
export async function chosenNamespaces(client: KubeClient, names: readonly string[], selector: string | undefined): Promise<readonly KubeObject[]> {
  if (selector === undefined) {
    if (names.length === 0) {
      throw new Failure('no namespace is named', 'Name some, or choose them by their labels with -l.');
    }
    return Promise.all([...new Set(names)].map((name) => needNamespace(client, name)));
  }
  if (names.length > 0) {
    throw new Failure('namespaces are named, and chosen by -l too', 'Leave one of the two out.');
  }
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: selector });
  const chosen = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (chosen.length === 0) {
    throw new Failure(`no namespace has the labels ${selector}`, `kubectl get namespaces --show-labels shows those they have.`);
  }
  return [...chosen].sort((a, b) => compareText(a.metadata.name, b.metadata.name));
}
