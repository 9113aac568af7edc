import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KindName, KubeObject } from '../../server/kubernetes/client/kube-object.ts';

export interface Watched<T> {
  /** By uid. */
  readonly objects: ReadonlyMap<string, T>;
  readonly stop: () => Promise<void>;
}

/**
 * Follows all objects of a kind until it is stopped; whatever goes wrong, it lists them again. Apart from smic's own way to do so, so that
 * what a test's nodes do doesn't depend on what is tested.
 * @param changed called for each object that is new, has changed or is gone
 */
export function watchObjects<T extends KubeObject>(client: KubeClient, kind: KindName, changed: (uid: string) => void): Watched<T> {
  const objects = new Map<string, T>();
  const end = new AbortController();
  const { signal } = end;
  const set = (object: KubeObject): void => {
    const { uid = '' } = object.metadata;
    objects.set(uid, object as T);
    changed(uid);
  };
  const remove = (uid: string): void => {
    objects.delete(uid);
    changed(uid);
  };

  async function listAndFollow(): Promise<void> {
    const { items, resourceVersion } = await client.list(kind, { signal });
    const listed = new Set(items.map(({ metadata }) => metadata.uid ?? ''));
    [...objects.keys()].filter((uid) => !listed.has(uid)).forEach(remove);
    items.filter(({ metadata }) => objects.get(metadata.uid ?? '')?.metadata.resourceVersion !== metadata.resourceVersion).forEach(set);
    for await (const { type, object } of client.watch(kind, { resourceVersion, timeoutSeconds: 600, signal })) {
      if (type === 'DELETED') remove(object.metadata.uid ?? '');
      if (type === 'ADDED' || type === 'MODIFIED') set(object);
    }
  }

  async function work(): Promise<void> {
    while (!signal.aborted) {
      await listAndFollow().catch(() => sleep(100));
    }
  }

  const ended = work();
  return {
    objects,
    stop: async () => {
      end.abort();
      await ended;
    },
  };
}
