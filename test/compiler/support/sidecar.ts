import type { Artifact, Resource } from '../../../compiler/index.ts';
import type {
  Cluster,
  FilterChain,
  Listener,
  Permission,
  Principal,
  RBAC,
  RouteConfiguration,
  SubjectAltNameMatcher,
} from '../../../compiler/envoy/generated/api.ts';

/*
 * What a sidecar does with its configuration, as far as access and splits go: reads Envoy's messages as Envoy does, and
 * knows nothing of how they were made. A shape that it doesn't know is an error, never a yes or a no.
 */

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Sidecar {
  readonly clusters: readonly Cluster[];
  readonly routes: readonly RouteConfiguration[];
  readonly inbound: readonly FilterChain[];
  readonly outbound: readonly FilterChain[];
}

/** The configuration of one proxy class, shared sets and all. */
export function sidecar(artifact: Artifact, namespace: string, name: string): Sidecar {
  const found = artifact.classes.find((candidate) => candidate.namespace === namespace && candidate.name === name);
  if (!found) throw new Error(`no proxy class ${namespace}/${name}`);
  const shared = artifact.sets.filter((set) => found.sets.includes(set.name)).flatMap(({ resources }) => resources);
  const resources = [...found.resources, ...shared];
  const chains = (listener: string): readonly FilterChain[] =>
    messages<Listener>(resources, 'listener').find((candidate) => candidate.name === listener)?.filter_chains ?? [];
  return {
    clusters: messages<Cluster>(resources, 'cluster'),
    routes: messages<RouteConfiguration>(resources, 'route'),
    inbound: chains('inbound-listener'),
    outbound: chains('outbound-listener'),
  };
}

function messages<Message>(resources: readonly Resource[], type: Resource['type']): readonly Message[] {
  return resources.filter((resource) => resource.type === type).map((resource) => resource.message as Message);
}

/** Whether a client's connection to a Service port (`<port>.<service>.<namespace>`) gets through, and the request too if there is one. */
export function admits({ inbound, routes }: Sidecar, port: string, client: string, request: Request | undefined): boolean {
  const chain = inbound.find(({ filter_chain_match: match }) => match?.server_names?.includes(`${port}.svc.cluster.local`));
  if (!chain || !peers(chain).some((matcher) => sanMatches(matcher, client))) return false;
  return (chain.filters ?? []).every(({ typed_config: config }) => {
    const type = config?.['@type'] ?? '';
    if (type.endsWith('network.rbac.v3.RBAC')) return allows((config as { rules?: RBAC }).rules, client, request);
    if (type.endsWith('.TcpProxy')) return true;
    if (!type.endsWith('.HttpConnectionManager')) throw new Error(`unknown filter ${type}`);
    if (!request) throw new Error('a connection to an HTTP port says nothing about requests');
    return allows(virtualHostRules(config, routes), client, request);
  });
}

function virtualHostRules(config: object | undefined, routes: readonly RouteConfiguration[]): RBAC | undefined {
  const { rds, http_filters: filters } = config as { rds: { route_config_name: string }; http_filters: readonly { name: string; typed_config: { rules?: RBAC } }[] };
  const filter = filters.find(({ name }) => name === 'envoy.filters.http.rbac');
  if (!filter?.typed_config.rules || Object.keys(filter.typed_config.rules.policies ?? {}).length > 0) throw new Error('the filter itself must deny all');
  const [host, ...others] = routes.find(({ name }) => name === rds.route_config_name)?.virtual_hosts ?? [];
  if (!host || others.length > 0 || host.domains?.join() !== '*') throw new Error(`route configuration ${rds.route_config_name}`);
  return (host.typed_per_filter_config?.[filter.name] as { rbac?: { rules?: RBAC } } | undefined)?.rbac?.rules;
}

function peers(chain: FilterChain): readonly SubjectAltNameMatcher[] {
  const tls = chain.transport_socket?.typed_config as
    | { require_client_certificate: boolean; common_tls_context: { combined_validation_context: { default_validation_context: { match_typed_subject_alt_names: readonly SubjectAltNameMatcher[] } } } }
    | undefined;
  if (!tls?.require_client_certificate) throw new Error(`chain ${chain.name} asks for no certificate`);
  const matchers = tls.common_tls_context.combined_validation_context.default_validation_context.match_typed_subject_alt_names;
  if (matchers.length === 0) throw new Error('an empty list lets any certificate pass');
  return matchers;
}

function sanMatches({ san_type: type, matcher }: SubjectAltNameMatcher, client: string): boolean {
  if (type !== 'URI') throw new Error(`SAN type ${type}`);
  const uri = `spiffe://cluster.local/ns/${client.replace('/', '/sa/')}`;
  if (matcher?.exact !== undefined) return uri === matcher.exact;
  if (matcher?.prefix !== undefined) return uri.startsWith(matcher.prefix);
  throw new Error('unknown SAN matcher');
}

function allows(rules: RBAC | undefined, client: string, request: Request | undefined): boolean {
  if (rules?.action !== 'ALLOW') throw new Error('no rules are no restriction');
  return Object.values(rules.policies ?? {}).some(
    ({ permissions = [], principals = [] }) =>
      permissions.some((permission) => permits(permission, request)) && principals.some((principal) => isPrincipal(principal, client)),
  );
}

function isPrincipal({ custom }: Principal, client: string): boolean {
  const config = custom?.typed_config as { san_matcher?: SubjectAltNameMatcher } | undefined;
  if (!config?.san_matcher) throw new Error('unknown principal');
  return sanMatches(config.san_matcher, client);
}

function permits(permission: Permission, request: Request | undefined): boolean {
  if (permission.any === true) return true;
  if (permission.and_rules) return (permission.and_rules.rules ?? []).every((rule) => permits(rule, request));
  if (permission.or_rules) return (permission.or_rules.rules ?? []).some((rule) => permits(rule, request));
  if (!request) throw new Error('a permission for requests on a connection');
  const path = permission.url_path?.path?.safe_regex?.regex;
  if (path !== undefined) return matchesWhole(path, request.path);
  const { name, string_match: match } = permission.header ?? {};
  const value = name === ':method' ? request.method : request.headers[name ?? ''];
  if (match?.exact !== undefined) return value === match.exact;
  if (match?.safe_regex?.regex !== undefined) return value !== undefined && matchesWhole(match.safe_regex.regex, value);
  throw new Error(`unknown permission ${JSON.stringify(permission)}`);
}

/** The tests' own regular expressions mean the same to RE2 and here. */
function matchesWhole(regex: string, text: string): boolean {
  return new RegExp(`^(?:${regex})$`).test(text);
}

/** Where a sidecar sends what its application dials at an address and port; undefined: nowhere. For each route, or the one TCP proxy. */
export function destinations({ outbound, routes }: Sidecar, address: string, port: number): readonly Readonly<Record<string, number>>[] | undefined {
  const chain = outbound.find(
    ({ filter_chain_match: match }) =>
      match?.destination_port === port && match.prefix_ranges?.some((range) => range.address_prefix === address),
  );
  const config = chain?.filters?.at(-1)?.typed_config;
  if (!config) return undefined;
  if (!config['@type']?.endsWith('.HttpConnectionManager')) return [shares(config)];
  const name = (config as unknown as { rds: { route_config_name: string } }).rds.route_config_name;
  return routes.find((candidate) => candidate.name === name)?.virtual_hosts?.[0]?.routes?.map(({ route }) => shares(route ?? {}));
}

function shares(action: object): Readonly<Record<string, number>> {
  const { cluster, weighted_clusters: weighted } = action as { cluster?: string; weighted_clusters?: { clusters: readonly { name: string; weight: number }[] } };
  if (cluster !== undefined) return { [cluster]: 1 };
  return Object.fromEntries((weighted?.clusters ?? []).map(({ name, weight }) => [name, weight]));
}

/** Clusters that routes and TCP proxies name and that the sidecar doesn't have. */
export function danglingClusters({ clusters, routes, inbound, outbound }: Sidecar): readonly string[] {
  const known = new Set(clusters.map(({ name }) => name));
  const actions: object[] = [
    ...routes.flatMap(({ virtual_hosts: hosts = [] }) => hosts.flatMap((host) => (host.routes ?? []).flatMap(({ route }) => route ?? []))),
    ...[...inbound, ...outbound].flatMap((chain) => (chain.filters ?? []).flatMap(({ typed_config: config }) => config ?? [])),
  ];
  return actions.flatMap((action) => Object.keys(shares(action))).filter((name) => !known.has(name));
}
