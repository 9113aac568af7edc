import type { CircuitBreakers, Cluster, HttpProtocolOptions, LoadBalancingPolicy, TypedConfig } from './generated/api.ts';

type ExtensionOptions = Readonly<Record<string, TypedConfig>>;

/** The longest that a pooled connection lives: what was verified at its start is never older than that. */
const longestConnection = '3600s';

const unlimited = 4_294_967_295;

/** No limits of Envoy's own (1,024 connections and requests by default): as OSM. */
export const noLimits: CircuitBreakers = {
  thresholds: [
    {
      max_connections: unlimited,
      max_pending_requests: unlimited,
      max_requests: unlimited,
      max_retries: unlimited,
      track_remaining: true,
    },
  ],
};

/** Endpoints are what DNS says of a name. */
export const byName: Required<Cluster>['cluster_type'] = {
  name: 'envoy.clusters.dns',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.clusters.dns.v3.DnsCluster',
    respect_dns_ttl: true,
    dns_lookup_family: 'ALL',
  },
};

export const roundRobin: LoadBalancingPolicy = {
  policies: [
    {
      typed_extension_config: {
        name: 'envoy.load_balancing_policies.round_robin',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin',
        },
      },
    },
  ],
};

/** The client's own HTTP version on the next hop too: HTTP/1, HTTP/2, gRPC and WebSockets stay what they are. */
const sameProtocol: HttpProtocolOptions = {
  use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} },
};

/** To another sidecar. A certificate that was replaced goes out of use when its connections end. */
export const meshHttpOptions: ExtensionOptions = httpOptions({
  ...sameProtocol,
  common_http_protocol_options: { max_connection_duration: longestConnection },
});

/**
 * To the application behind its own sidecar. Applications close idle connections (Node.js after 5 s): the sidecar does it
 * first, or a request would meet the closing end.
 */
export const localHttpOptions: ExtensionOptions = httpOptions({
  ...sameProtocol,
  common_http_protocol_options: { idle_timeout: '4s' },
});

/** To a gRPC service outside the mesh. */
export const http2Options: ExtensionOptions = httpOptions({ explicit_http_config: { http2_protocol_options: {} } });

function httpOptions(options: HttpProtocolOptions): ExtensionOptions {
  return {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      ...options,
    },
  };
}
