import type { Cluster, HealthCheck } from '../../compiler/envoy/generated/api.ts';
import { http2Options } from '../../compiler/envoy/cluster-parts.ts';
import type { Probe } from './probe.ts';

/** `<container>_<kind>_cluster`, as OSM's. */
export function probeClusterName({ kind, container }: Probe): string {
  return `${container}_${kind}_cluster`;
}

/** The container that a probe asks. */
export function probeCluster(probe: Probe): Cluster {
  if ('http' in probe) return toPort(probe, probe.http.port, {});
  if ('https' in probe) return toPort(probe, probe.https.port, { transport_socket: unverifiedTls });
  if ('tcp' in probe) return toPort(probe, probe.tcp.port, { health_checks: [healthCheck(probe, { tcp_health_check: {} })] });
  const service = probe.grpc.service ?? '';
  return toPort(probe, probe.grpc.port, {
    typed_extension_protocol_options: http2Options,
    health_checks: [healthCheck(probe, { grpc_health_check: service === '' ? {} : { service_name: service } })],
  });
}

function toPort(probe: Probe, port: number, fields: Partial<Cluster>): Cluster {
  const name = probeClusterName(probe);
  return {
    name,
    alt_stat_name: name,
    type: 'STATIC',
    connect_timeout: seconds(probe.timeoutSeconds),
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } } }] }],
    },
    ...fields,
  };
}

/** The answer that kubelet gets is at most a period old; as long as the container isn't well, a second. */
function healthCheck(probe: Probe, checker: Partial<HealthCheck>): HealthCheck {
  const period = seconds(probe.periodSeconds ?? 10);
  return {
    timeout: seconds(probe.timeoutSeconds),
    interval: period,
    unhealthy_interval: '1s',
    // No other traffic comes this way: without these, Envoy asks once a minute.
    no_traffic_interval: '1s',
    no_traffic_healthy_interval: period,
    // How many are too many is kubelet's to say.
    unhealthy_threshold: 1,
    healthy_threshold: 1,
    reuse_connection: false,
    ...checker,
  };
}

const unverifiedTls: NonNullable<Cluster['transport_socket']> = {
  name: 'envoy.transport_sockets.tls',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    common_tls_context: { tls_params: { tls_maximum_protocol_version: 'TLSv1_3' } },
  },
};

function seconds(count = 1): string {
  return `${count}s`;
}
