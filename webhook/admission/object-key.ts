import type { KubernetesObject } from '../../compiler/create-compiler.ts';

/** Names an object of a cluster; its versions have one name. */
export function objectKey({ apiVersion, kind, metadata }: KubernetesObject): string {
  return `${apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}
