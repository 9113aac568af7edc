import type { ObjectReference } from '../diagnostics/diagnostic.ts';
import type { RawObject } from '../load/document.ts';
import type { Metadata } from './generated/types.ts';
import type { Meta } from './objects.ts';

const none: Readonly<Record<string, string>> = {};

/** The metadata of an object that its schema accepted. Kubernetes puts an object without a namespace into `default`. */
export function readMeta({ apiVersion, kind, origin }: RawObject, metadata: Metadata, isClusterScoped: boolean): Meta {
  return {
    apiVersion,
    kind,
    namespace: isClusterScoped ? '' : metadata.namespace || 'default',
    name: metadata.name,
    labels: metadata.labels ?? none,
    annotations: metadata.annotations ?? none,
    origin,
  };
}

/** Names an object before it is validated, as far as possible. */
export function referenceOf({ apiVersion, kind, value }: RawObject, isClusterScoped = false): ObjectReference {
  const { namespace, name } = (value['metadata'] ?? {}) as Readonly<Record<string, unknown>>;
  return {
    apiVersion,
    kind,
    namespace: isClusterScoped ? '' : typeof namespace === 'string' && namespace !== '' ? namespace : 'default',
    name: typeof name === 'string' ? name : '',
  };
}

/** The metadata of an object that its schema refused, as far as it can be said. */
export function unreadMeta(raw: RawObject): Meta {
  return { ...referenceOf(raw), labels: none, annotations: none, origin: raw.origin };
}
