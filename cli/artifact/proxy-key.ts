import type { ProxyClass } from '../../compiler/artifact/artifact.ts';

/** How a user names a proxy class: `NAMESPACE/CLASS`. */
export function proxyKey(proxy: ProxyClass): string {
  return `${proxy.namespace}/${proxy.name}`;
}
