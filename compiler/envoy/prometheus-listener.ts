import type { Listener } from './generated/api.ts';
import { listenOn } from './listen-address.ts';
import { metricsCluster, prometheusListener, prometheusPort } from './names.ts';

/** Serves the proxy's statistics, and nothing else of its admin port, to a scraper. */
export function prometheus(ipv6: boolean): Listener {
  return {
    name: prometheusListener,
    ...listenOn(prometheusPort, ipv6),
    traffic_direction: 'INBOUND',
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: {
              '@type':
                'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
              stat_prefix: 'prometheus',
              codec_type: 'AUTO',
              normalize_path: true,
              merge_slashes: true,
              path_with_escaped_slashes_action: 'REJECT_REQUEST',
              route_config: {
                name: 'prometheus',
                virtual_hosts: [
                  {
                    name: 'prometheus',
                    domains: ['*'],
                    routes: [
                      {
                        name: 'statistics',
                        match: {
                          // The whole path: what lies below it isn't for scrapers.
                          path: '/stats/prometheus',
                          headers: [{ name: ':method', string_match: { exact: 'GET' } }],
                        },
                        route: { cluster: metricsCluster, timeout: '10s' },
                      },
                    ],
                  },
                ],
              },
              http_filters: [
                {
                  name: 'envoy.filters.http.router',
                  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
                },
              ],
            },
          },
        ],
      },
    ],
  };
}
