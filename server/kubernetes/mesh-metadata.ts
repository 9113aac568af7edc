import type { KubeObject } from './client/kube-object.ts';

/** Annotations that mean something to smic. All others are left out: tools write them at will, and some hold what is nobody's business. */
const ownAnnotation = /^(?:(?:[a-z0-9-]+\.)?openservicemesh\.io|smic\.dev|prometheus\.io)\//;

/** An object's metadata with nothing but what the compiler reads of it: no managed fields, no times, no uid. */
export function meshMetadata({ name, namespace, labels, annotations, deletionTimestamp }: KubeObject['metadata']): KubeObject['metadata'] {
  const own = meshAnnotations(annotations);
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(own).length > 0 && { annotations: own }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
  };
}

/** Those that mean something to smic. */
export function meshAnnotations(annotations: unknown): Readonly<Record<string, string>> {
  const all = typeof annotations === 'object' && annotations !== null ? (annotations as Readonly<Record<string, string>>) : {};
  return Object.fromEntries(Object.entries(all).filter(([key]) => ownAnnotation.test(key)));
}
