import type { Route, RouteAction, RouteConfiguration, VirtualHost } from '../generated/api.ts';
import { type Facts, faultsWhere, noFacts, repeated, together } from './facts.ts';
import { rbacFacts } from './rbac-facts.ts';

/** Envoy warns about other words, and then doesn't retry. */
const retryWords = new Set(['connect-failure', 'refused-stream', 'reset-before-request']);

/** What a route configuration refers to. */
export function routeFacts(configuration: RouteConfiguration): Facts {
  const hosts = configuration.virtual_hosts ?? [];
  const names = repeated(hosts.map((host) => host.name ?? ''));
  const domains = repeated(hosts.flatMap((host) => host.domains ?? []).map((domain) => domain.toLowerCase()));
  return together([
    faultsWhere(
      [hosts.length === 0, 'it has no virtual host'],
      [names.length > 0, `two of its virtual hosts have one name: ${names.join(', ')}`],
      [domains.length > 0, `two of its virtual hosts have one domain: ${domains.join(', ')}`],
    ),
    ...hosts.map(hostFacts),
  ]);
}

/** Names of filters that a route configuration has configuration for. */
export function configuredFilters(configuration: RouteConfiguration): readonly string[] {
  return (configuration.virtual_hosts ?? []).flatMap((host) => [
    ...Object.keys(host.typed_per_filter_config ?? {}),
    ...(host.routes ?? []).flatMap((route) => Object.keys(route.typed_per_filter_config ?? {})),
  ]);
}

function hostFacts(host: VirtualHost): Facts {
  const routes = host.routes ?? [];
  const last = routes.at(-1)?.match;
  return together([
    faultsWhere(
      [(host.domains ?? []).length === 0, `virtual host "${host.name}" has no domain`],
      [last?.prefix === '/' && last.headers !== undefined, `the last route of "${host.name}" doesn't take all that is left`],
    ),
    ...Object.values(host.typed_per_filter_config ?? {}).map((config) =>
      config['@type'] === 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute'
        ? rbacFacts(config.rbac?.rules)
        : faultsWhere([true, `virtual host "${host.name}" configures a filter that isn't known to the closure check`]),
    ),
    ...routes.map((route) => singleRouteFacts(route)),
  ]);
}

function singleRouteFacts(route: Route): Facts {
  return route.route ? actionFacts(route.name ?? '', route.route) : noFacts;
}

function actionFacts(name: string, action: RouteAction): Facts {
  const weighted = action.weighted_clusters?.clusters ?? [];
  const clusters = action.cluster === undefined ? weighted.map((cluster) => cluster.name ?? '') : [action.cluster];
  const total = weighted.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  const words = (action.retry_policy?.retry_on ?? '').split(',').filter((word) => word !== '' && !retryWords.has(word));
  return together([
    { ...noFacts, clusters },
    faultsWhere(
      [clusters.length === 0, `route "${name}" leads nowhere`],
      [repeated(clusters).length > 0, `route "${name}" names one cluster twice: ${repeated(clusters).join(', ')}`],
      [weighted.length > 0 && (total === 0 || total > 4_294_967_295), `the weights of route "${name}" add up to ${total}`],
      [words.length > 0, `route "${name}" retries on unknown conditions: ${words.join(', ')}`],
    ),
  ]);
}
