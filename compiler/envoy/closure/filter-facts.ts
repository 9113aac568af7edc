import type { HttpConnectionManager, HttpFilter, NetworkFilter, TcpProxy } from '../generated/api.ts';
import { rbacFilter } from '../http-connection-manager.ts';
import { type Facts, faultsWhere, noFacts, repeated, together } from './facts.ts';
import { rbacFacts } from './rbac-facts.ts';
import { routeFacts } from './route-facts.ts';

const routerType = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';

/** What the network filters of a chain refer to, and the order in which they protect. */
export function filterFacts(filters: readonly NetworkFilter[], direction: 'inbound' | 'outbound'): Facts {
  const last = filters.at(-1)?.typed_config?.['@type'] ?? '';
  return together([
    faultsWhere([
      !last.endsWith('.HttpConnectionManager') && !last.endsWith('.TcpProxy'),
      'its last filter is no HTTP connection manager and no TCP proxy',
    ]),
    ...filters.map((filter, index): Facts => {
      const config = filter.typed_config;
      switch (config?.['@type']) {
        case 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager':
          return managerFacts(config, direction);
        case 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy':
          return tcpFacts(config, direction, filters[index - 1]);
        case 'type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC':
          return rbacFacts(config.rules);
        default:
          return faultsWhere([true, `its filter "${filter.name}" isn't known to the closure check`]);
      }
    }),
  ]);
}

function managerFacts(config: HttpConnectionManager, direction: 'inbound' | 'outbound'): Facts {
  const filters = config.http_filters ?? [];
  const names = filters.map((filter) => filter.name ?? '');
  const [first] = filters;
  const tracing = config.tracing?.provider?.typed_config;
  const routes: Facts = config.rds
    ? { ...noFacts, routes: [{ name: config.rds.route_config_name ?? '', filters: names }] }
    : config.route_config
      ? routeFacts(config.route_config)
      : faultsWhere([true, 'its HTTP connection manager has no routes']);
  return together([
    routes,
    faultsWhere(
      [repeated(names).length > 0, `its HTTP filters have one name twice: ${repeated(names).join(', ')}`],
      [filters.at(-1)?.typed_config?.['@type'] !== routerType, 'its last HTTP filter is not the router'],
      [direction === 'inbound' && first?.name !== rbacFilter, 'its first HTTP filter is not RBAC'],
      [direction === 'inbound' && config.normalize_path !== true, 'it judges paths as written, not as meant'],
      [
        direction === 'inbound' && config.path_with_escaped_slashes_action !== 'REJECT_REQUEST',
        'it lets escaped slashes pass its path rules',
      ],
      [
        direction === 'inbound' && config.forward_client_cert_details !== 'SANITIZE_SET',
        'it lets clients write identity headers',
      ],
    ),
    ...filters.map((filter) => httpFilterFacts(filter)),
    tracing?.['@type'] === 'type.googleapis.com/envoy.config.trace.v3.ZipkinConfig'
      ? { ...noFacts, clusters: [tracing.collector_cluster ?? ''] }
      : noFacts,
    tracing?.['@type'] === 'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig'
      ? { ...noFacts, clusters: [tracing.http_service?.http_uri?.cluster ?? ''] }
      : noFacts,
  ]);
}

function httpFilterFacts({ name, typed_config: config }: HttpFilter): Facts {
  switch (config?.['@type']) {
    case 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC':
      return rbacFacts(config.rules);
    case 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz':
      return { ...noFacts, clusters: [config.grpc_service?.envoy_grpc?.cluster_name ?? ''] };
    case routerType:
      return noFacts;
    default:
      return faultsWhere([true, `its HTTP filter "${name}" isn't known to the closure check`]);
  }
}

function tcpFacts(config: TcpProxy, direction: 'inbound' | 'outbound', before: NetworkFilter | undefined): Facts {
  const weighted = config.weighted_clusters?.clusters ?? [];
  const clusters = config.cluster === undefined ? weighted.map(({ name }) => name ?? '') : [config.cluster];
  return together([
    { ...noFacts, clusters },
    faultsWhere(
      [clusters.length === 0, 'its TCP proxy leads nowhere'],
      [repeated(clusters).length > 0, `its TCP proxy names one cluster twice: ${repeated(clusters).join(', ')}`],
      [weighted.some(({ weight }) => !weight), 'its TCP proxy has a weight of 0'],
      [direction === 'inbound' && before === undefined, 'no RBAC stands before its TCP proxy'],
      [
        direction === 'inbound' && config.upstream_connect_mode !== 'ON_DOWNSTREAM_TLS_HANDSHAKE',
        "it connects the application before the client's TLS handshake is through",
      ],
    ),
  ]);
}
