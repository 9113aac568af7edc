import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { toBytes } from './envoy-messages.ts';
import type { EncodedResource, ProxyConfiguration } from './judge.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';

/** The messages of one proxy, in the proto3 JSON mapping, by kind. */
export type Messages = Record<ResourceType, JsonObject[]>;
export interface JsonObject {
  [field: string]: any; // oxlint-disable-line no-explicit-any -- broken variants reach into it at will
}

/** A bookstore's sidecar, written by hand: one HTTP and one TCP service in, a split and a fallback out. New at each call, to be broken at will. */
export function bookstoreSidecar(): Messages {
  return structuredClone({
    cluster: [
      localCluster('bookstore/bookstore-v1|14001|local', 14001),
      localCluster('bookstore/mysql|3306|local', 3306),
      upstreamCluster('bookwarehouse/bookwarehouse|14001', 'spiffe://cluster.local/ns/bookwarehouse/sa/bookwarehouse'),
      { name: 'passthrough-outbound', type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED', connect_timeout: '1s' },
    ],
    endpoint: [{ cluster_name: 'bookwarehouse/bookwarehouse|14001', endpoints: [{ lb_endpoints: [endpoint('10.0.0.7', 14001), endpoint('fd00::7', 14001)] }] }],
    secret: [],
    listener: [inbound, outbound],
    route: [inboundRoute, outboundRoute],
  });
}

/** The messages in bytes, as they would be sent. */
export function encodeMessages(messages: Messages, encodeOne: (messageName: string, message: object) => Uint8Array = toBytes): ProxyConfiguration {
  const encode = (type: ResourceType): EncodedResource[] =>
    messages[type].map((message) => ({ name: String(message['name'] ?? message['cluster_name']), bytes: encodeOne(messageNames[type], message) }));
  return { clusters: encode('cluster'), endpoints: encode('endpoint'), secrets: encode('secret'), listeners: encode('listener'), routes: encode('route') };
}

const ads = { ads: {}, resource_api_version: 'V3' };
const bookbuyer = 'spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer';

function any(name: string, fields: object = {}): object {
  return { '@type': `type.googleapis.com/${name}`, ...fields };
}

function endpoint(address: string, port: number): object {
  return { endpoint: { address: { socket_address: { address, port_value: port } } } };
}

function tls(name: 'Downstream' | 'Upstream', peers: readonly string[], fields: object, commonFields: object = {}): object {
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: any(`envoy.extensions.transport_sockets.tls.v3.${name}TlsContext`, {
      ...fields,
      common_tls_context: {
        ...commonFields,
        tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
        tls_certificate_sds_secret_configs: [{ name: 'workload-certificate', sds_config: ads }],
        combined_validation_context: {
          default_validation_context: { match_typed_subject_alt_names: peers.map((exact) => ({ san_type: 'URI', matcher: { exact } })) },
          validation_context_sds_secret_config: { name: 'trust-bundle', sds_config: ads },
        },
      },
    }),
  };
}

function localCluster(name: string, port: number): object {
  return { name, type: 'STATIC', connect_timeout: '1s', load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint('127.0.0.1', port)] }] } };
}

function upstreamCluster(name: string, identity: string): object {
  return {
    name,
    type: 'EDS',
    eds_cluster_config: { eds_config: ads },
    connect_timeout: '1s',
    transport_socket: tls('Upstream', [identity], { sni: 'bookwarehouse.bookwarehouse.svc.cluster.local', max_session_keys: 0 }, { alpn_protocols: ['osm'] }),
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': any('envoy.extensions.upstreams.http.v3.HttpProtocolOptions', {
        use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} },
        common_http_protocol_options: { max_connection_duration: '3600s' },
      }),
    },
    load_balancing_policy: {
      policies: [
        {
          typed_extension_config: {
            name: 'envoy.load_balancing_policies.round_robin',
            typed_config: any('envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin'),
          },
        },
      ],
    },
  };
}

const caller = {
  custom: {
    name: 'envoy.rbac.principals.mtls_authenticated',
    typed_config: any('envoy.extensions.rbac.principals.mtls_authenticated.v3.Config', { san_matcher: { san_type: 'URI', matcher: { exact: bookbuyer } } }),
  },
};

const router = { name: 'envoy.filters.http.router', typed_config: any('envoy.extensions.filters.http.router.v3.Router') };
const denyByDefault = {
  name: 'envoy.filters.http.rbac',
  typed_config: any('envoy.extensions.filters.http.rbac.v3.RBAC', { rules: { action: 'ALLOW', policies: {} } }),
};

function http(name: string, filters: readonly object[]): object {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: any('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
      stat_prefix: name,
      rds: { route_config_name: name, config_source: ads },
      http_filters: filters,
      normalize_path: true,
      merge_slashes: true,
      path_with_escaped_slashes_action: 'REJECT_REQUEST',
      forward_client_cert_details: 'SANITIZE_SET',
      set_current_client_cert_details: { uri: true },
    }),
  };
}

function listenerFilter(name: 'original_dst.v3.OriginalDst' | 'tls_inspector.v3.TlsInspector' | 'http_inspector.v3.HttpInspector'): object {
  return { name, typed_config: any(`envoy.extensions.filters.listener.${name}`) };
}

const inbound = {
  name: 'inbound-listener',
  address: { socket_address: { address: '0.0.0.0', port_value: 15003 } },
  listener_filters: [listenerFilter('tls_inspector.v3.TlsInspector'), listenerFilter('original_dst.v3.OriginalDst')],
  filter_chains: [
    {
      name: 'bookstore/bookstore-v1|14001',
      filter_chain_match: { destination_port: 14001, transport_protocol: 'tls', server_names: ['bookstore-v1.bookstore.svc.cluster.local'], application_protocols: ['osm'] },
      transport_socket: tls('Downstream', [bookbuyer], {
        require_client_certificate: true,
        disable_stateless_session_resumption: true,
        disable_stateful_session_resumption: true,
      }),
      filters: [http('rds-inbound.14001', [denyByDefault, router])],
    },
    {
      name: 'bookstore/mysql|3306',
      filter_chain_match: { destination_port: 3306, transport_protocol: 'tls', server_names: ['mysql.bookstore.svc.cluster.local'], application_protocols: ['osm'] },
      transport_socket: tls('Downstream', [bookbuyer], { require_client_certificate: true }),
      filters: [
        {
          name: 'envoy.filters.network.rbac',
          typed_config: any('envoy.extensions.filters.network.rbac.v3.RBAC', {
            stat_prefix: 'mysql',
            rules: { action: 'ALLOW', policies: { 'TrafficTarget/bookstore/mysql/0': { permissions: [{ any: true }], principals: [caller] } } },
          }),
        },
        {
          name: 'envoy.filters.network.tcp_proxy',
          typed_config: any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
            stat_prefix: 'mysql',
            cluster: 'bookstore/mysql|3306|local',
            upstream_connect_mode: 'ON_DOWNSTREAM_TLS_HANDSHAKE',
            max_early_data_bytes: 0,
          }),
        },
      ],
    },
  ],
};

const outbound = {
  name: 'outbound-listener',
  address: { socket_address: { address: '0.0.0.0', port_value: 15001 } },
  additional_addresses: [{ address: { socket_address: { address: '::', port_value: 15001 } } }],
  listener_filters: [listenerFilter('original_dst.v3.OriginalDst'), listenerFilter('http_inspector.v3.HttpInspector')],
  filter_chains: [
    {
      name: 'bookwarehouse/bookwarehouse|14001',
      filter_chain_match: { destination_port: 14001, prefix_ranges: [{ address_prefix: '10.96.0.13', prefix_len: 32 }] },
      filters: [http('rds-outbound.14001', [router])],
    },
  ],
  default_filter_chain: {
    name: 'passthrough',
    filters: [
      {
        name: 'envoy.filters.network.tcp_proxy',
        typed_config: any('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy', {
          stat_prefix: 'passthrough',
          weighted_clusters: { clusters: [{ name: 'passthrough-outbound', weight: 100 }] },
        }),
      },
    ],
  },
};

const inboundRoute = {
  name: 'rds-inbound.14001',
  virtual_hosts: [
    {
      name: 'bookstore/bookstore-v1',
      domains: ['*'],
      routes: [
        {
          match: { prefix: '/' },
          route: { timeout: '0s', weighted_clusters: { clusters: [{ name: 'bookstore/bookstore-v1|14001|local', weight: 100 }] } },
        },
      ],
      typed_per_filter_config: {
        'envoy.filters.http.rbac': any('envoy.extensions.filters.http.rbac.v3.RBACPerRoute', {
          rbac: {
            rules: {
              action: 'ALLOW',
              policies: {
                'TrafficTarget/bookstore/bookstore/0/buy-a-book': {
                  permissions: [{ url_path: { path: { safe_regex: { regex: '/buy.*' } } } }],
                  principals: [caller],
                },
              },
            },
          },
        }),
      },
    },
  ],
};

const outboundRoute = {
  name: 'rds-outbound.14001',
  virtual_hosts: [
    {
      name: 'bookwarehouse',
      domains: ['bookwarehouse', 'bookwarehouse.bookwarehouse.svc.cluster.local'],
      routes: [{ match: { safe_regex: { regex: '.*' } }, route: { timeout: '0s', cluster: 'bookwarehouse/bookwarehouse|14001' } }],
    },
  ],
};
