import type { Resource } from '../artifact/artifact.ts';
import type { Dial } from '../mesh/mesh.ts';
import { compareText } from '../order.ts';
import type { Outbound, Reach } from '../mesh/outbound.ts';
import type { Built } from './built.ts';
import { endpoints } from './endpoints.ts';
import type { FilterChain } from './generated/api.ts';
import { outboundListener } from './names.ts';
import { outboundChain } from './outbound-chain.ts';
import { outbound as listener, type OutboundEnds, outboundEnds } from './outbound-listener.ts';
import { outboundRouteName, outboundRoutes, shareCluster } from './outbound-route.ts';
import type { Parts } from './parts.ts';
import { directCluster, upstreamCluster, upstreamClusterName } from './upstream-cluster.ts';

/** Makes what sidecars need for the connections that their applications open. */
export interface OutboundResources {
  /**
   * Listener, routes, clusters and endpoints for these destinations.
   * @param key names the set of destinations
   */
  of(key: string, destinations: readonly Outbound[]): readonly Resource[];
}

export function outboundResources(parts: Parts): OutboundResources {
  const ends = outboundEnds(parts.managers);
  const chains = new Map<string, Built<FilterChain>>();
  return {
    of(key, destinations) {
      const reachable = destinations.filter(({ routing }) => dialsOf(parts, routing.port).length > 0);
      return [
        outboundListenerOf(key, reachable, parts, ends, chains),
        ...new Set(reachable.flatMap((destination) => destinationResources(destination, parts))),
      ];
    },
  };
}

function dialsOf(parts: Parts, port: Outbound['routing']['port']): readonly Dial[] {
  return parts.mesh.dials.get(port) ?? [];
}

function outboundListenerOf(
  key: string,
  destinations: readonly Outbound[],
  parts: Parts,
  ends: OutboundEnds,
  chains: Map<string, Built<FilterChain>>,
): Resource {
  return parts.resource('listener', `outbound ${key}`, () => {
    const own: Built<FilterChain>[] = [];
    const tcpPorts = new Set<number>();
    for (const destination of destinations) {
      const { port } = destination.routing;
      for (const dial of dialsOf(parts, port)) {
        const chainKey = `${outboundRouteName(destination)} ${dial.port}`;
        const chain = chains.get(chainKey) ?? outboundChain(destination, dial, parts.managers);
        chains.set(chainKey, chain);
        own.push(chain);
        if (port.layer === 'tcp') tcpPorts.add(dial.port);
      }
    }
    own.sort((a, b) => compareText(a.message.name ?? '', b.message.name ?? ''));
    const ports = [...tcpPorts].sort((a, b) => a - b);
    return { name: outboundListener, ...listener(own, ports, parts.mesh.settings, ends) };
  });
}

function destinationResources(destination: Outbound, parts: Parts): readonly Resource[] {
  const { port } = destination.routing;
  const resources = [...destination.reach.values()].flatMap((reach) => reachResources(destination, reach, parts));
  if (port.layer === 'tcp') return resources;
  const name = outboundRouteName(destination);
  const routes = parts.resource('route', name, () => ({ name, ...outboundRoutes(destination, parts.mesh.settings) }));
  return [...resources, routes];
}

function reachResources(destination: Outbound, reach: Reach, parts: Parts): readonly Resource[] {
  const { settings } = parts.mesh;
  const name = upstreamClusterName(reach);
  const cluster = shareCluster(destination, reach);
  if (cluster !== name) {
    const direct = parts.resource('cluster', cluster, () => ({
      name: cluster,
      ...directCluster(reach, settings, parts.tls, overriddenPort(reach, parts)),
    }));
    return [direct];
  }
  const upstream = parts.resource('cluster', name, () => ({ name, ...upstreamCluster(reach, settings, parts.tls) }));
  if (reach.identities.length === 0) return [upstream];
  return [upstream, parts.resource('endpoint', name, () => ({ name, ...endpoints(reach, settings) }))];
}

/** Where the pods of a headless Service listen on one port, and clients may dial another. */
function overriddenPort({ port }: Reach, parts: Parts): number | undefined {
  const listened = new Set(port.endpoints.map((endpoint) => endpoint.port));
  const [only] = listened;
  return listened.size === 1 && dialsOf(parts, port).some((dial) => dial.port !== only) ? only : undefined;
}
