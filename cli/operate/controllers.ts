import { compareText } from '../../compiler/order.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { ObjectReference } from '../../server/kubernetes/client/kube-object.ts';
import type { PodView } from './pod.ts';

/** What makes pods, with those of its pods that matter. */
export interface Controller {
  /** As `Deployment`; `Pod` where nothing would make it anew. */
  readonly reference: ObjectReference;
  readonly pods: readonly PodView[];
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** Kinds whose pods a changed template replaces. */
const restartable: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Groups pods by what made them, sorted by kind, namespace and name: a Deployment instead of its ReplicaSet, a CronJob instead of its Job. */
export async function controllersOf(client: KubeClient, pods: readonly PodView[]): Promise<readonly Controller[]> {
  const groups = new Map<string, { readonly reference: ObjectReference; readonly pods: PodView[] }>();
  const above = new Map<string, Promise<ObjectReference>>();
  for (const pod of pods) {
    const self: ObjectReference = { apiVersion: 'v1', kind: 'Pod', namespace: pod.namespace, name: pod.name };
    const owner = controllerOf(pod.object.metadata['ownerReferences'], pod.namespace);
    const reference = owner === undefined ? self : await highest(client, owner, above);
    const key = `${reference.kind}/${reference.namespace}/${reference.name}`;
    const group = groups.get(key) ?? { reference, pods: [] };
    groups.set(key, group);
    group.pods.push(pod);
  }
  return [...groups.entries()].sort(([a], [b]) => compareText(a, b)).map(([, group]) => group);
}

/** Whether a rollout restart replaces its pods. */
export function isRestartable({ reference }: Controller): boolean {
  return restartable.has(reference.kind);
}

/** As `kubectl rollout restart` does it: the template's annotation with the time makes the controller replace its pods. */
export async function restart(client: KubeClient, { reference }: Controller, now: Date): Promise<void> {
  const restartedAt = `${now.toISOString().slice(0, 19)}Z`;
  await client.patch(reference, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restartedAt } } } } }, { fieldManager: 'kubectl-rollout' });
}

/** `deployment/web`, as kubectl writes it. */
export function controllerName({ reference: { kind, name } }: Controller): string {
  return `${kind.toLowerCase()}/${name}`;
}

function highest(client: KubeClient, owner: ObjectReference, above: Map<string, Promise<ObjectReference>>): Promise<ObjectReference> {
  const key = `${owner.kind}/${owner.namespace}/${owner.name}`;
  const known = above.get(key) ?? ownerOf(client, owner);
  above.set(key, known);
  return known;
}

async function ownerOf(client: KubeClient, owner: ObjectReference): Promise<ObjectReference> {
  if (owner.kind !== 'ReplicaSet' && owner.kind !== 'Job') {
    return owner;
  }
  // It may be gone, or not be shown: then itself is named.
  const object = await client.get(owner).catch(() => undefined);
  return controllerOf(object?.metadata['ownerReferences'], owner.namespace ?? '') ?? owner;
}

function controllerOf(owners: unknown, namespace: string): ObjectReference | undefined {
  const owner = (Array.isArray(owners) ? (owners as readonly Owner[]) : []).find(({ controller }) => controller === true);
  return owner && { apiVersion: owner.apiVersion, kind: owner.kind, namespace, name: owner.name };
}
