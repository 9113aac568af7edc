import type { Cluster } from './cluster.ts';

/** What the cluster's DNS would say, as a hosts file for the pods of a namespace. */
export function hostsFile({ ports }: Cluster, namespace: string, clusterDomain: string): string {
  const lines = new Set(['127.0.0.1 localhost', '::1 localhost']);
  for (const port of ports) {
    const names = [
      ...(port.namespace === namespace ? [port.service] : []),
      `${port.service}.${port.namespace}`,
      `${port.service}.${port.namespace}.svc`,
      `${port.service}.${port.namespace}.svc.${clusterDomain}`,
    ];
    const addresses = port.clusterIPs.length > 0 ? port.clusterIPs : port.endpoints.map(({ address }) => address);
    for (const address of addresses) {
      lines.add(`${address} ${names.join(' ')}`);
    }
  }
  return `${[...lines].join('\n')}\n`;
}
