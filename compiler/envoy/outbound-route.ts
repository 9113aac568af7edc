import type { SourceEntry } from '../artifact/artifact.ts';
import type { Branch, MeshPort } from '../mesh/mesh.ts';
import type { Outbound, Reach } from '../mesh/outbound.ts';
import { compareText } from '../order.ts';
import type { Settings } from '../mesh/settings.ts';
import type { HTTPMatch } from '../resources/objects.ts';
import { type Built, source } from './built.ts';
import type { HeaderMatcher, RetryPolicy, Route, RouteAction, RouteConfiguration, RouteMatch } from './generated/api.ts';
import { serviceHost, unresolvedCluster } from './names.ts';
import { sourceMetadata } from './source-metadata.ts';
import { directClusterName, reachSuffix, upstreamClusterName } from './upstream-cluster.ts';

/** Tries again only what no application has seen: a request that never left. */
const retryUnsent: RetryPolicy = { retry_on: 'connect-failure,refused-stream,reset-before-request', num_retries: 2 };

/** The cluster for a share of a Service port's traffic. */
export function shareCluster({ routing }: Outbound, reach: Reach): string {
  // A headless Service that is dialled itself is reached at the very pod; as a backend of another it is balanced.
  const asDialled = reach.port === routing.port && reach.port.service.headless && reach.identities.length > 0;
  return asDialled ? directClusterName(reach) : upstreamClusterName(reach);
}

/** `rds-outbound.<namespace>/<service>|<port>`, and what makes a client's view of it different: `~<service>:<service accounts>`. */
export function outboundRouteName(outbound: Outbound): string {
  const variants = [...outbound.reach.values()]
    .filter((reach) => reachSuffix(reach) !== '')
    .map((reach) => `${reach.port.service.name}:${reachSuffix(reach).slice(1)}`)
    .sort(compareText);
  return `rds-outbound.${outbound.routing.port.key}${variants.length > 0 ? `~${variants.join(',')}` : ''}`;
}

/**
 * The routes to one Service port, the same for all clients that may call the same identities behind it. The destination's
 * address chose it, so any Host is right.
 */
export function outboundRoutes(outbound: Outbound, settings: Settings): Built<RouteConfiguration> {
  const { port, branches } = outbound.routing;
  const sources: SourceEntry[] = [source('', port.service.meta, port.declaration.at)];
  const routes = branches.map((branch, index): Route => {
    const metas = branch.splits.length > 0 ? branch.splits : [port.service.meta];
    for (const meta of metas) sources.push(source(`/virtual_hosts/0/routes/${index}`, meta));
    return {
      name: branch.match ? `${metas[0]?.name ?? ''}/${branch.match.name}` : port.key,
      match: branch.match ? requestMatch(branch.match) : { prefix: '/' },
      route: routeAction(outbound, branch),
      metadata: sourceMetadata(...metas),
    };
  });
  return {
    message: {
      name: outboundRouteName(outbound),
      virtual_hosts: [
        { name: `outbound_virtual-host|${serviceHost(port, settings.clusterDomain)}`, domains: ['*'], routes },
      ],
    },
    sources,
  };
}

function routeAction(outbound: Outbound, branch: Branch): RouteAction {
  const clusters = branch.shares.map(({ port, weight }) => ({ name: clusterFor(outbound, port), weight }));
  if (branch.denied > 0) clusters.push({ name: unresolvedCluster, weight: branch.denied });
  const [first, ...others] = clusters;
  return {
    ...(first && others.length === 0 ? { cluster: first.name } : { weighted_clusters: { clusters } }),
    // No limit of the mesh's own: as OSM.
    timeout: '0s',
    retry_policy: retryUnsent,
  };
}

function clusterFor(outbound: Outbound, port: MeshPort): string {
  const reach = outbound.reach.get(port) ?? { port, identities: port.service.identities };
  return shareCluster(outbound, reach);
}

function requestMatch({ pathRegex, methods, headers }: HTTPMatch): RouteMatch {
  const matchers: HeaderMatcher[] = headers.map(({ name, regex }) => ({
    name,
    string_match: { safe_regex: { regex } },
  }));
  if (methods) matchers.push(methodMatcher(methods));
  return {
    ...(pathRegex === undefined ? { prefix: '/' } : { safe_regex: { regex: pathRegex } }),
    ...(matchers.length > 0 && { headers: matchers }),
  };
}

/** Methods are words of letters: nothing in them means anything to RE2. */
function methodMatcher(methods: readonly string[]): HeaderMatcher {
  const [first, ...others] = methods;
  return {
    name: ':method',
    string_match: first && others.length === 0 ? { exact: first } : { safe_regex: { regex: methods.join('|') } },
  };
}
