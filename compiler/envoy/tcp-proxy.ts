import type { NetworkFilter, TcpProxy } from './generated/api.ts';
import { inboundTcpLog, outboundTcpLog } from './access-log.ts';

/** A cluster and its weight, which is positive: Envoy takes no 0 here. */
export interface WeightedTcpCluster {
  readonly name: string;
  readonly weight: number;
}

/** Passes the bytes of an application's connection on to clusters of the mesh. `clusters` isn't empty. */
export function outboundTcpProxy(statPrefix: string, clusters: readonly WeightedTcpCluster[]): NetworkFilter {
  const [first, ...others] = clusters;
  return networkFilter({
    stat_prefix: statPrefix,
    access_log: outboundTcpLog,
    ...(first && others.length === 0
      ? { cluster: first.name }
      : { weighted_clusters: { clusters: clusters.map(({ name, weight }) => ({ name, weight })) } }),
  });
}

/** Passes a client's bytes to the application, which isn't connected before the client's TLS handshake is through. */
export function inboundTcpProxy(statPrefix: string, cluster: string): NetworkFilter {
  return networkFilter({
    stat_prefix: statPrefix,
    access_log: inboundTcpLog,
    cluster,
    upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE',
    max_early_data_bytes: 0,
  });
}

function networkFilter(config: TcpProxy): NetworkFilter {
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
      ...config,
    },
  };
}
