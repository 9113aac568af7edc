import type { Cluster } from './cluster.ts';

/** What kube-proxy would do in the node: connections to a Service's address go to one of its endpoints. For `iptables-restore`. @param chains `OUTPUT` is for connections from the node itself */
export function kubeProxyRules({ ports }: Cluster, family: 4 | 6, chains: readonly ('PREROUTING' | 'OUTPUT')[] = ['PREROUTING']): string {
  const isOwn = (address: string): boolean => address.includes(':') === (family === 6);
  const rules = ports.flatMap(({ clusterIPs, port, endpoints }) => {
    const targets = endpoints.filter(({ address }) => isOwn(address));
    return clusterIPs.filter(isOwn).flatMap((clusterIP) =>
      targets.flatMap((target, index) => {
        const left = targets.length - index;
        // The first of k is taken by one connection in k, the next by one in k - 1 of the rest, and so on.
        const chance = left === 1 ? '' : ` -m statistic --mode random --probability ${(1 / left).toFixed(8)}`;
        const address = family === 6 ? `[${target.address}]` : target.address;
        return chains.map((chain) => `-A ${chain} -d ${clusterIP} -p tcp --dport ${port}${chance} -j DNAT --to-destination ${address}:${target.port}`);
      }),
    );
  });
  return ['*nat', ...rules, 'COMMIT', ''].join('\n');
}
