import type { ResourceType } from './artifact.ts';

/** A file for each type of resource, in the order of the files' names. */
export const resourceFiles: readonly { readonly type: ResourceType; readonly file: string; readonly key: string }[] = [
  { type: 'cluster', file: 'clusters', key: 'name' },
  { type: 'endpoint', file: 'endpoints', key: 'cluster_name' },
  { type: 'listener', file: 'listeners', key: 'name' },
  { type: 'route', file: 'routes', key: 'name' },
  { type: 'secret', file: 'secrets', key: 'name' },
];

/** The folder of a proxy class. */
export function proxyFolder(proxy: { readonly namespace: string; readonly name: string }): string {
  return `proxies/${proxy.namespace}/${proxy.name}`;
}

/** The folder of a shared set. */
export function setFolder(set: { readonly name: string }): string {
  return `shared/${set.name}`;
}
