import type { KubeObject } from './client/kube-object.ts';

/** Annotations that mean something to smic. All others are left out: tools write them at will, and some hold what is nobody's business. */
const ownAnnotation = /^(?:(?:[a-z0-9-]+\.)?openservicemesh\.io|smic\.dev|prometheus\.io)\//;

/** An object's metadata with nothing but what the compiler reads of it: no managed fields, no times, no uid. */
export function meshMetadata({ name, namespace, labels, annotations, deletionTimestamp }: KubeObject['metadata']): KubeObject['metadata'] {
  const own = Object.entries(annotations ?? {}).filter(([key]) => ownAnnotation.test(key));
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(own.length > 0 && { annotations: Object.fromEntries(own) }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
  };
}
