import type { Objects } from '../resources/objects.ts';
import { identityOf } from './identity.ts';
import type { Identity } from './mesh.ts';

/** The service accounts that the input shows. */
export interface KnownIdentities {
  readonly all: ReadonlySet<Identity>;
  /** The input describes workloads or service accounts at all: one that isn't in it doesn't exist. */
  readonly complete: boolean;
  has(identity: Identity): boolean;
}

/** Service accounts by their objects, by the pods that run under them, and every namespace's `default`. */
export function knownIdentities(objects: Objects): KnownIdentities {
  const all = new Set<Identity>([
    ...objects.serviceAccounts.map(({ meta }) => identityOf(meta.namespace, meta.name)),
    ...objects.pods.map((pod) => identityOf(pod.meta.namespace, pod.spec.serviceAccountName)),
    ...objects.podControllers.map((controller) => identityOf(controller.meta.namespace, controller.spec.serviceAccountName)),
    ...objects.namespaces.map(({ meta }) => identityOf(meta.name, 'default')),
  ]);
  const complete = objects.serviceAccounts.length + objects.pods.length + objects.podControllers.length > 0;
  return { all, complete, has: (identity) => all.has(identity) };
}
