import type { ObjectReference } from '../diagnostics/diagnostic.ts';
import type { Meta } from '../resources/objects.ts';

/** `TrafficTarget/<namespace>/<name>`, or `<Kind>/<name>` for cluster-scoped kinds. */
export function objectName(meta: Meta): string {
  return meta.namespace === '' ? `${meta.kind}/${meta.name}` : `${meta.kind}/${meta.namespace}/${meta.name}`;
}

/** The object's identifying fields, for a diagnostic. */
export function objectReference(meta: Meta): ObjectReference {
  return { apiVersion: meta.apiVersion, kind: meta.kind, namespace: meta.namespace, name: meta.name };
}
