import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { names } from '../../webhook/names.ts';

/** An object of the installation, without managed fields, the values of its containers' environment, and what others keep in ConfigMaps. */
export function ownObject({ metadata: { managedFields: _managed, annotations = {}, ...metadata }, ...object }: KubeObject): KubeObject {
  const own = Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/last-applied')));
  const foreign = object.kind === 'ConfigMap' && metadata.name !== names.trustBundle;
  return withoutValues({ ...object, ...(foreign && { data: '(redacted)', binaryData: '(redacted)' }), metadata: { ...metadata, annotations: own } }) as KubeObject;
}

function withoutValues(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutValues);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === 'env' && Array.isArray(part) ? part.map((variable) => (variable?.value === undefined ? variable : { ...variable, value: '(redacted)' })) : withoutValues(part)]),
  );
}
