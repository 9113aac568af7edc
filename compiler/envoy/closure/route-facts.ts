import type { RouteAction, RouteConfiguration, VirtualHost } from '../generated/api.ts';
import { type Facts, faultRepeated } from './facts.ts';
import { rbacFacts } from './rbac-facts.ts';

/** Envoy warns about other words, and then doesn't retry. */
const retryWords = new Set(['connect-failure', 'refused-stream', 'reset-before-request']);
const largestSum = 4_294_967_295;

/** What a route configuration refers to. */
export function routeFacts({ virtual_hosts: hosts = [] }: RouteConfiguration, facts: Facts): void {
  if (hosts.length === 0) facts.faults.push('it has no virtual host');
  faultRepeated(facts, 'two of its virtual hosts have one name', hosts.map((host) => host.name ?? ''));
  const domains = hosts.flatMap((host) => host.domains ?? []).map((domain) => domain.toLowerCase());
  faultRepeated(facts, 'two of its virtual hosts have one domain', domains);
  for (const host of hosts) hostFacts(host, facts);
}

/** A Service's routes must end with one for whatever the others leave: a request must not be lost between shares. */
export function remainderFacts({ virtual_hosts: hosts = [] }: RouteConfiguration, facts: Facts): void {
  for (const { name, routes = [] } of hosts) {
    const last = routes.at(-1)?.match;
    if (last?.prefix !== '/' || last.headers) {
      facts.faults.push(`the last route of virtual host "${name}" doesn't take all that is left`);
    }
  }
}

function hostFacts(host: VirtualHost, facts: Facts): void {
  const { routes = [] } = host;
  if ((host.domains ?? []).length === 0) facts.faults.push(`virtual host "${host.name}" has no domain`);
  for (const [filter, config] of Object.entries(host.typed_per_filter_config ?? {})) {
    facts.configured.push(filter);
    if (config['@type'] === 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute') {
      rbacFacts(config.rbac?.rules, facts);
    } else {
      facts.faults.push(`virtual host "${host.name}" configures a filter that isn't known to the closure check`);
    }
  }
  for (const { name = '', route, typed_per_filter_config: overridden } of routes) {
    if (overridden) {
      facts.configured.push(...Object.keys(overridden));
      facts.faults.push(`route "${name}" overrides what its virtual host configures for filters`);
    }
    if (route) actionFacts(name, route, facts);
  }
}

function actionFacts(name: string, action: RouteAction, facts: Facts): void {
  if (action.cluster !== undefined) facts.clusters.push(action.cluster);
  else if (action.weighted_clusters) weightFacts(name, action.weighted_clusters.clusters ?? [], facts);
  else facts.faults.push(`route "${name}" leads nowhere`);
  for (const word of action.retry_policy?.retry_on?.split(',') ?? []) {
    if (!retryWords.has(word)) facts.faults.push(`route "${name}" retries on an unknown condition, "${word}"`);
  }
}

function weightFacts(
  route: string,
  weighted: readonly { readonly name?: string; readonly weight?: number }[],
  facts: Facts,
): void {
  const clusters = weighted.map((cluster) => cluster.name ?? '');
  const total = weighted.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  facts.clusters.push(...clusters);
  faultRepeated(facts, `route "${route}" names one cluster twice`, clusters);
  if (total === 0 || total > largestSum) facts.faults.push(`the weights of route "${route}" add up to ${total}`);
}
