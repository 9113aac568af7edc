import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import type { EnvoyMessages } from './envoy-messages.ts';

type Desc = DescMessage | DescEnum;

/** Names that the rule below would make worse. */
const given: Readonly<Record<string, string>> = {
  'envoy.config.listener.v3.Filter': 'NetworkFilter',
  'envoy.extensions.rbac.principals.mtls_authenticated.v3.Config': 'MtlsAuthenticated',
  'envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig': 'DynamicForwardProxyCluster',
  'envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation': 'EarlyHeaderMutation',
  'envoy.extensions.filters.http.health_check.v3.HealthCheck': 'HealthCheckFilter',
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation': 'HttpHeaderMutation',
};

/** Among messages of one short name, these keep it. */
const plain = new Set([
  'envoy.config.cluster.v3.OutlierDetection',
  'envoy.config.common.mutation_rules.v3.HeaderMutation',
  'envoy.config.core.v3.CidrRange',
  'envoy.config.core.v3.HealthCheck',
  'envoy.config.core.v3.Metadata',
  'envoy.config.core.v3.TypedExtensionConfig',
  'envoy.config.rbac.v3.Policy',
  'envoy.config.rbac.v3.RBAC',
  'envoy.config.route.v3.RateLimit',
  'envoy.config.route.v3.RetryPolicy',
  'envoy.config.route.v3.Route',
  'envoy.config.route.v3.WeightedCluster',
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
  'envoy.type.matcher.v3.RegexMatcher',
  'envoy.type.matcher.v3.StringMatcher',
]);

/** Names that would hide what TypeScript means by them, or that the module needs for itself. */
const taken = new Set(['Array', 'Date', 'Error', 'Function', 'Map', 'Object', 'Set', 'JsonObject', 'JsonValue', 'Readonly', 'Record', 'TypedConfig']);

/** Parts of a package that tell nothing. */
const hollow = new Set(['envoy', 'extensions', 'filters', 'google', 'api', 'type', 'v1', 'v3', 'v1alpha1']);

/**
 * A TypeScript name for every message and enum: the short name, with as many words of its parents or package before it as
 * set it apart from others. Where several share a short name, one that xDS serves or that `plain` holds keeps it.
 */
export function apiNames({ messages, enums, resources }: EnvoyMessages): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const used = new Set(taken);
  const give = (desc: Desc, name: string): void => {
    names.set(desc.typeName, name);
    used.add(name);
  };
  const all: readonly Desc[] = [...messages, ...enums];
  for (const desc of all) {
    const name = given[desc.typeName];
    if (name !== undefined) {
      give(desc, name);
    } else if (plain.has(desc.typeName) || resources.includes(desc.typeName)) {
      give(desc, desc.name);
    }
  }
  let waiting = all.filter((desc) => !names.has(desc.typeName));
  for (let words = 0; waiting.length > 0; words += 1) {
    const candidates = new Map<string, Desc[]>();
    for (const desc of waiting) {
      const candidate = qualifiedName(desc, words);
      candidates.set(candidate, [...(candidates.get(candidate) ?? []), desc]);
    }
    waiting = [];
    for (const [candidate, descs] of candidates) {
      const [only] = descs;
      if (descs.length === 1 && only && !used.has(candidate)) {
        give(only, candidate);
      } else {
        waiting.push(...descs);
      }
    }
    if (words > 8) {
      throw new Error(`no name found for ${waiting.map((desc) => desc.typeName).join(', ')}`);
    }
  }
  return names;
}

/** The short name with the `words` nearest telling words before it. */
function qualifiedName(desc: Desc, words: number): string {
  const path = desc.typeName.split('.').slice(0, -1);
  const telling = path.filter((part) => !hollow.has(part) && pascalCase(part).toLowerCase() !== desc.name.toLowerCase());
  return [...telling.slice(telling.length - Math.min(words, telling.length)), desc.name].map(pascalCase).join('');
}

function pascalCase(part: string): string {
  return part.replace(/(^|_)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}
