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
      const reachable = destinations.filter((destination) => dialsOf(parts, destination).length > 0);
      return [
        outboundListenerOf(key, reachable, parts, ends, chains),
        ...new Set(reachable.flatMap((destination) => destinationResources(destination, parts))),
      ];
    },
  };
}

/** What a client dials. Of a headless Service it gets only the pods that it may call, where it may not call all. */
function dialsOf(parts: Parts, { routing: { port }, reach }: Outbound): readonly Dial[] {
  const dials = parts.mesh.dials.get(port) ?? [];
  const identities = reach.get(port)?.identities ?? port.service.identities;
  if (!port.service.headless || identities.length === port.service.identities.length) return dials;
  const callable = new Set(
    port.endpoints.filter(({ identity }) => identity !== undefined && identities.includes(identity)).map(({ address }) => address),
  );
  return dials
    .map((dial) => ({ port: dial.port, addresses: dial.addresses.filter((address) => callable.has(address)) }))
    .filter(({ addresses }) => addresses.length > 0);
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
      for (const dial of dialsOf(parts, destination)) {
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
      ...directCluster(reach, settings, parts.tls, overriddenPort(destination, reach, parts)),
    }));
    return [direct];
  }
  const upstream = parts.resource('cluster', name, () => ({ name, ...upstreamCluster(reach, settings, parts.tls) }));
  if (reach.identities.length === 0) return [upstream];
  return [upstream, parts.resource('endpoint', name, () => ({ name, ...endpoints(reach, settings) }))];
}

/** Where the pods of a headless Service listen on one port, and clients may dial another. */
function overriddenPort(destination: Outbound, { port }: Reach, parts: Parts): number | undefined {
  const listened = new Set(port.endpoints.map((endpoint) => endpoint.port));
  const [only] = listened;
  return listened.size === 1 && dialsOf(parts, destination).some((dial) => dial.port !== only) ? only : undefined;
}
