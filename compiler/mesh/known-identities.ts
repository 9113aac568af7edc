import type { Memory } from '../memory.ts';
import type { Objects } from '../resources/objects.ts';
import { identityOf } from './identity.ts';
import type { Identity } from './mesh.ts';

/** The service accounts that the input shows. */
export interface KnownIdentities {
  /** The input describes workloads or service accounts at all: one that isn't in it doesn't exist. */
  readonly complete: boolean;
  has(identity: Identity): boolean;
  all(): ReadonlySet<Identity>;
}

/** Service accounts by their objects, by the pods that run under them, and every namespace's `default`. */
export function knownIdentities(objects: Objects, memory: Memory): KnownIdentities {
  const { serviceAccounts, pods, podControllers, namespaces } = objects;
  const sets = [
    memory.keep('accounts', [serviceAccounts], () => new Set(serviceAccounts.map(({ meta }) => identityOf(meta.namespace, meta.name)))),
    memory.keep('accounts of pods', [pods], () => new Set(pods.map((pod) => identityOf(pod.meta.namespace, pod.spec.serviceAccountName)))),
    memory.keep('accounts of controllers', [podControllers], () =>
      new Set(podControllers.map((controller) => identityOf(controller.meta.namespace, controller.spec.serviceAccountName))),
    ),
    memory.keep('default accounts', [namespaces], () => new Set(namespaces.map(({ meta }) => identityOf(meta.name, 'default')))),
  ];
  return {
    complete: serviceAccounts.length + pods.length + podControllers.length > 0,
    has: (identity) => sets.some((set) => set.has(identity)),
    all: () => new Set(sets.flatMap((set) => [...set])),
  };
}
