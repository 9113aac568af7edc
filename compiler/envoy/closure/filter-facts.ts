import type { HttpConnectionManager, HttpFilter, NetworkFilter, TcpProxy } from '../generated/api.ts';
import { rbacFilter } from '../http-connection-manager.ts';
import { type Facts, faultRepeated, faultsWhere } from './facts.ts';
import { rbacFacts } from './rbac-facts.ts';
import { routeFacts } from './route-facts.ts';

const httpRbacType = 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC';
const networkRbacType = 'type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC';
const routerType = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';

type Direction = 'inbound' | 'outbound';

/** What the network filters of a chain refer to, and the order in which they protect. */
export function filterFacts(filters: readonly NetworkFilter[], direction: Direction, facts: Facts): void {
  const last = filters.at(-1)?.typed_config?.['@type'] ?? '';
  if (!last.endsWith('.HttpConnectionManager') && !last.endsWith('.TcpProxy')) {
    facts.faults.push('its last filter is no HTTP connection manager and no TCP proxy');
  }
  filters.forEach((filter, index) => {
    const config = filter.typed_config;
    switch (config?.['@type']) {
      case 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager':
        return managerFacts(config, direction, facts);
      case 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy':
        return tcpFacts(config, direction, filters[index - 1], facts);
      case networkRbacType:
        return rbacFacts(config.rules, facts);
      default:
        facts.faults.push(`its filter "${filter.name}" isn't known to the closure check`);
    }
  });
}

function managerFacts(config: HttpConnectionManager, direction: Direction, facts: Facts): void {
  const filters = config.http_filters ?? [];
  const names = filters.map((filter) => filter.name ?? '');
  if (config.rds) facts.routes.push({ name: config.rds.route_config_name ?? '', filters: names });
  else if (config.route_config) routeFacts(config.route_config, facts);
  else facts.faults.push('its HTTP connection manager has no routes');
  faultRepeated(facts, 'its HTTP filters have one name twice', names);
  if (filters.at(-1)?.typed_config?.['@type'] !== routerType) facts.faults.push('its last HTTP filter is not the router');
  if (direction === 'inbound') inboundManagerFacts(config, facts);
  for (const filter of filters) httpFilterFacts(filter, facts);
  const tracing = config.tracing?.provider?.typed_config;
  if (tracing?.['@type'] === 'type.googleapis.com/envoy.config.trace.v3.ZipkinConfig') {
    facts.clusters.push(tracing.collector_cluster ?? '');
  } else if (tracing?.['@type'] === 'type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig') {
    facts.clusters.push(tracing.http_service?.http_uri?.cluster ?? '');
  }
}

function inboundManagerFacts(config: HttpConnectionManager, facts: Facts): void {
  const [first] = config.http_filters ?? [];
  faultsWhere(
    facts,
    [first?.name !== rbacFilter || first.typed_config?.['@type'] !== httpRbacType, 'its first HTTP filter is not RBAC'],
    [config.normalize_path !== true || config.merge_slashes !== true, 'it judges paths as written, not as meant'],
    [(config.early_header_mutation_extensions ?? []).length === 0, "it lets clients write Envoy's own headers"],
    [config.internal_address_config !== undefined || config.use_remote_address === true, 'it trusts headers for the address that they come from'],
    [config.path_with_escaped_slashes_action !== 'REJECT_REQUEST', 'it lets escaped slashes pass its path rules'],
    [config.forward_client_cert_details !== 'SANITIZE_SET', 'it lets clients write identity headers'],
  );
}

function httpFilterFacts({ name, typed_config: config }: HttpFilter, facts: Facts): void {
  switch (config?.['@type']) {
    case httpRbacType:
      return rbacFacts(config.rules, facts);
    case 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz':
      facts.clusters.push(config.grpc_service?.envoy_grpc?.cluster_name ?? '');
      return;
    case routerType:
      return;
    default:
      facts.faults.push(`its HTTP filter "${name}" isn't known to the closure check`);
  }
}

function tcpFacts(config: TcpProxy, direction: Direction, before: NetworkFilter | undefined, facts: Facts): void {
  const weighted = config.weighted_clusters?.clusters ?? [];
  const clusters = config.cluster === undefined ? weighted.map(({ name }) => name ?? '') : [config.cluster];
  facts.clusters.push(...clusters);
  faultRepeated(facts, 'its TCP proxy names one cluster twice', clusters);
  faultsWhere(
    facts,
    [clusters.length === 0, 'its TCP proxy leads nowhere'],
    [weighted.some(({ weight }) => !weight), 'its TCP proxy has a weight of 0'],
    [direction === 'inbound' && before?.typed_config?.['@type'] !== networkRbacType, 'no RBAC stands before its TCP proxy'],
    [
      direction === 'inbound' && config.upstream_connect_mode !== 'ON_DOWNSTREAM_TLS_HANDSHAKE',
      "it connects the application before the client's TLS handshake is through",
    ],
  );
}
