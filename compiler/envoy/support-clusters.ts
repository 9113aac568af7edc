import type { Settings } from '../mesh/settings.ts';
import { byName, http2Options } from './cluster-parts.ts';
import type { Cluster } from './generated/api.ts';
import {
  adminPort,
  blackholeCluster,
  externalAuthorizationCluster,
  metricsCluster,
  passthroughCluster,
  tracingCluster,
  unresolvedCluster,
} from './names.ts';

/** The proxy's own admin port, which serves its statistics. */
export const metrics: Cluster = {
  name: metricsCluster,
  alt_stat_name: metricsCluster,
  type: 'STATIC',
  load_assignment: {
    cluster_name: metricsCluster,
    endpoints: [
      { lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: adminPort } } } }] },
    ],
  },
};

/** Clusters that the mesh's settings ask for in every proxy: for tracing, external authorization, egress. */
export function settingsClusters(settings: Settings): readonly Cluster[] {
  const { tracing, externalAuthorization, egress } = settings;
  return [
    ...(tracing ? [dnsCluster(tracingCluster, tracing.address, tracing.port)] : []),
    ...(externalAuthorization
      ? [
          {
            ...dnsCluster(externalAuthorizationCluster, externalAuthorization.address, externalAuthorization.port),
            typed_extension_protocol_options: http2Options,
          },
        ]
      : []),
    ...(egress ? [passthrough, blackhole] : []),
  ];
}

/** Leads nowhere: HTTP gets a 503, a TCP connection is reset. */
export const unresolved: Cluster = {
  name: unresolvedCluster,
  type: 'STATIC',
  load_assignment: { cluster_name: unresolvedCluster },
};

/** To wherever the application meant to go. */
const passthrough: Cluster = {
  name: passthroughCluster,
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  connect_timeout: '5s',
};

/** Leads nowhere: for what would lead a proxy to itself. */
const blackhole: Cluster = {
  name: blackholeCluster,
  type: 'STATIC',
  load_assignment: { cluster_name: blackholeCluster },
};

function dnsCluster(name: string, host: string, port: number): Cluster {
  return {
    name,
    alt_stat_name: name,
    cluster_type: byName,
    connect_timeout: '5s',
    load_assignment: {
      cluster_name: name,
      endpoints: [
        { lb_endpoints: [{ endpoint: { address: { socket_address: { address: host, port_value: port } } } }] },
      ],
    },
  };
}
