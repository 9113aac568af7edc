import type { HttpFilter, Listener, Route } from '../../compiler/envoy/generated/api.ts';
import { listenOn } from '../../compiler/envoy/listen-address.ts';
import { probeClusterName } from './probe-cluster.ts';
import { isHook, type Probe, type ProbeKind, probePath, probePorts } from './probe.ts';

export interface ProbeListenerOptions {
  readonly ipv6: boolean;
  /** The pod's, for the Host of requests; undefined: it stays as kubelet sends it, with the listener's port. */
  readonly podAddress: string | undefined;
}

/**
 * Answers kubelet, which has no certificate of the mesh, for all containers of a pod.
 * HTTP and HTTPS probes are passed on. A TCP or gRPC probe is done by Envoy itself, and its outcome is the answer: behind a
 * proxy's open port, kubelet's own TCP probe would always succeed, and gRPC probes of two containers couldn't be told apart.
 */
export function probeListener(kind: ProbeKind, probes: readonly Probe[], options: ProbeListenerOptions): Listener {
  return {
    name: `${kind}_listener`,
    ...listenOn(probePorts[kind], options.ipv6),
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
                virtual_hosts: [{ name: `${kind}_probe`, domains: ['*'], routes: probes.filter(isPassedOn).map((probe) => route(probe, options)) }],
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

function route(probe: PassedOn, { podAddress }: ProbeListenerOptions): Route {
  const { path, port, ownHost } = 'http' in probe ? probe.http : probe.https;
  const host = podAddress?.includes(':') ? `[${podAddress}]` : podAddress;
  return {
    name: probePath(probe),
    // The whole path: `app` must not answer for `app-2`.
    match: { path: probePath(probe) },
    route: {
      cluster: probeClusterName(probe),
      prefix_rewrite: path,
      ...(host !== undefined && ownHost !== true && { host_rewrite_literal: `${host}:${port}` }),
      // Kubelet gives up after its own timeout; no sooner must Envoy.
      timeout: `${probe.timeoutSeconds ?? (isHook(probe) ? 0 : 1)}s`,
    },
    // To kubelet a redirect is a yes, unless it leads back to the pod: then it would follow it, to this listener, which knows no such path.
    response_headers_to_remove: ['location'],
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
