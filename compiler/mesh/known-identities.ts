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
  const accounts = <Item>(key: string, items: readonly Item[], identity: (item: Item) => Identity): ReadonlySet<Identity> =>
    memory.keep(key, [items], (parts) => {
      const distinct = [...new Set(items.map(identity))];
      // Most pods that come or go are of a known account.
      return parts.keep('set', distinct, () => new Set(distinct));
    });
  const sets = [
    accounts('accounts', serviceAccounts, ({ meta }) => identityOf(meta.namespace, meta.name)),
    accounts('pods', pods, ({ meta, spec }) => identityOf(meta.namespace, spec.serviceAccountName)),
    accounts('controllers', podControllers, ({ meta, spec }) => identityOf(meta.namespace, spec.serviceAccountName)),
    accounts('namespaces', namespaces, ({ meta }) => identityOf(meta.name, 'default')),
  ];
  const complete = serviceAccounts.length + pods.length + podControllers.length > 0;
  return memory.keep('known', [complete, ...sets], () => ({
    complete,
    has: (identity) => sets.some((set) => set.has(identity)),
    all: () => new Set(sets.flatMap((set) => [...set])),
  }));
}
