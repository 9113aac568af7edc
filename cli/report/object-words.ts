import type { ObjectReference } from '../../compiler/diagnostics/diagnostic.ts';

/** `Kind/namespace/name`, or `Kind/name` where there is no namespace: the form that `--suppress` takes. */
export function objectWords(object: ObjectReference): string {
  return [object.kind, object.namespace, object.name].filter((part) => part !== '').join('/');
}
