import { isIP } from 'node:net';
import { byName } from '../../compiler/envoy/cluster-parts.ts';
import type { Cluster } from '../../compiler/envoy/generated/api.ts';
import type { BootstrapOptions } from './bootstrap-options.ts';
import { certificateSecret, secretSource, trustSecret } from './certificate-secrets.ts';

/** The cluster that the configuration comes from. */
export const adsClusterName = 'smic';

/** `smic serve`, with its identity verified: a certificate of the mesh isn't enough to tell sidecars what to do. */
export function adsCluster({ server, secretsFolder }: Pick<BootstrapOptions, 'server' | 'secretsFolder'>): Cluster {
  return {
    name: adsClusterName,
    ...(isIP(server.host) === 0 ? { cluster_type: byName } : { type: 'STATIC' }),
    // After a restart of the server all sidecars come at once: a handshake can wait for seconds there.
    connect_timeout: '10s',
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 60, keepalive_interval: 10, keepalive_probes: 3 } },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: {
          // A server that is gone without a word is found out within 40 s.
          http2_protocol_options: { connection_keepalive: { interval: '30s', timeout: '10s' } },
        },
      },
    },
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        common_tls_context: {
          tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
          alpn_protocols: ['h2'],
          tls_certificate_sds_secret_configs: [{ name: certificateSecret, sds_config: secretSource(secretsFolder, certificateSecret) }],
          combined_validation_context: {
            default_validation_context: {
              match_typed_subject_alt_names: [{ san_type: 'URI', matcher: { exact: server.identity } }],
            },
            validation_context_sds_secret_config: { name: trustSecret, sds_config: secretSource(secretsFolder, trustSecret) },
          },
        },
        ...(isIP(server.host) === 0 && { sni: server.host }),
        // A resumed session isn't verified again, not even against a changed trust bundle.
        max_session_keys: 0,
      },
    },
    load_assignment: {
      cluster_name: adsClusterName,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: server.host, port_value: server.port } } } }] }],
    },
  };
}
