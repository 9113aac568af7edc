import type { HttpFilter, Listener, Route } from '../../compiler/envoy/generated/api.ts';
import { listenOn } from '../../compiler/envoy/listen-address.ts';
import { probeClusterName } from './probe-cluster.ts';
import { type Probe, type ProbeKind, probePath, probePorts } from './probe.ts';

/**
 * Answers kubelet, which has no certificate of the mesh, for all containers of a pod.
 * HTTP and HTTPS probes are passed on. A TCP or gRPC probe is done by Envoy itself, and its outcome is the answer: behind a
 * proxy's open port, kubelet's own TCP probe would always succeed, and gRPC probes of two containers couldn't be told apart.
 */
export function probeListener(kind: ProbeKind, probes: readonly Probe[], ipv6: boolean): Listener {
  return {
    name: `${kind}_listener`,
    ...listenOn(probePorts[kind], ipv6),
    traffic_direction: 'INBOUND',
    // Probes must reach a proxy that is full of clients.
    ignore_global_conn_limit: true,
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: `${kind}_probe`,
              codec_type: 'AUTO',
              // The application's own answers, header by header.
              server_header_transformation: 'PASS_THROUGH',
              route_config: {
                name: `${kind}_probe`,
                virtual_hosts: [{ name: `${kind}_probe`, domains: ['*'], routes: probes.filter(isPassedOn).map(route) }],
              },
              http_filters: [
                ...probes.filter((probe) => !isPassedOn(probe)).map(outcome),
                {
                  name: 'envoy.filters.http.router',
                  typed_config: {
                    '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router',
                    suppress_envoy_headers: true,
                  },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

type PassedOn = Extract<Probe, { readonly http: unknown } | { readonly https: unknown }>;

function isPassedOn(probe: Probe): probe is PassedOn {
  return 'http' in probe || 'https' in probe;
}

function route(probe: PassedOn): Route {
  const { path } = 'http' in probe ? probe.http : probe.https;
  return {
    name: probePath(probe),
    // The whole path: `app` must not answer for `app-2`.
    match: { path: probePath(probe) },
    route: {
      cluster: probeClusterName(probe),
      prefix_rewrite: path,
      // Kubelet gives up after its own timeout; no sooner must Envoy.
      timeout: `${probe.timeoutSeconds ?? 1}s`,
    },
  };
}

function outcome(probe: Probe): HttpFilter {
  return {
    name: probePath(probe),
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck',
      pass_through_mode: false,
      headers: [{ name: ':path', string_match: { exact: probePath(probe) } }],
      cluster_min_healthy_percentages: { [probeClusterName(probe)]: { value: 100 } },
    },
  };
}
