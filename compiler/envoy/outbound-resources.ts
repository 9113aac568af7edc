import type { Resource } from '../artifact/artifact.ts';
import type { Memory } from '../memory.ts';
import type { Dial } from '../mesh/mesh.ts';
import { compareText } from '../order.ts';
import type { Outbound, Reach } from '../mesh/outbound.ts';
import type { Built } from './built.ts';
import { endpoints } from './endpoints.ts';
import type { FilterChain } from './generated/api.ts';
import { outboundListener, unresolvedCluster } from './names.ts';
import { outboundChain } from './outbound-chain.ts';
import { outbound as listener } from './outbound-listener.ts';
import { outboundRouteName, outboundRoutes, shareCluster } from './outbound-route.ts';
import type { Parts } from './parts.ts';
import { unresolved } from './support-clusters.ts';
import { directCluster, upstreamCluster, upstreamClusterName } from './upstream-cluster.ts';

/**
 * What sidecars need for the connections that their applications open to these destinations: listener, routes, clusters
 * and endpoints.
 * @param key names the set of destinations
 */
export function outboundResources(key: string, destinations: readonly Outbound[], parts: Parts, memory: Memory): readonly Resource[] {
  const { settings, dials, endpoints: addresses } = parts.mesh;
  return memory.part(key, (own) => {
    const ports = own.keep('ports', [destinations], () => [...new Set(destinations.flatMap(({ routing, reach }) => [routing.port, ...reach.keys()]))]);
    const inputs: unknown[] = [settings, destinations];
    for (const port of ports) inputs.push(dials.get(port), addresses.get(port));
    return own.keep('resources', inputs, (inner) => {
      const reachable = destinations.filter((destination) => dialsOf(parts, destination).length > 0);
      const resources = reachable.flatMap((destination) => {
        const { routing: { port }, reach } = destination;
        const known = [settings, dials.get(port), addresses.get(port), ...[...reach.keys()].map((leaf) => addresses.get(leaf))];
        return inner.keep(destination, known, () => destinationResources(destination, parts));
      });
      return inner.same('all', [outboundListenerOf(key, reachable, parts), ...new Set(resources)]);
    });
  });
}

/** What a client dials. Of a headless Service it gets only the pods that it may call, where it may not call all. */
function dialsOf({ mesh }: Parts, { routing: { port }, reach }: Outbound): readonly Dial[] {
  const dials = mesh.dials.get(port) ?? [];
  const identities = reach.get(port)?.identities ?? port.service.identities;
  if (!port.service.headless || identities.length === port.service.identities.length) return dials;
  const callable = new Set(
    (mesh.endpoints.get(port) ?? []).filter(({ identity }) => identity !== undefined && identities.includes(identity)).map(({ address }) => address),
  );
  return dials
    .map((dial) => ({ port: dial.port, addresses: dial.addresses.filter((address) => callable.has(address)) }))
    .filter(({ addresses }) => addresses.length > 0);
}

function outboundListenerOf(key: string, destinations: readonly Outbound[], parts: Parts): Resource {
  const { mesh: { settings }, managers, ends, pool } = parts;
  const own: Built<FilterChain>[] = [];
  const tcpPorts = new Set<number>();
  for (const destination of destinations) {
    const { port } = destination.routing;
    const content = contentOf(destination);
    for (const dial of dialsOf(parts, destination)) {
      const inputs = [settings, ...content, dial.port, ...dial.addresses];
      const chain = pool.chain(`${outboundRouteName(destination)} ${dial.port}`, inputs, () => outboundChain(destination, dial, managers));
      if (chain) own.push(chain);
      if (port.layer === 'tcp') tcpPorts.add(dial.port);
    }
  }
  own.sort((a, b) => compareText(a.message.name ?? '', b.message.name ?? ''));
  const ports = [...tcpPorts].sort((a, b) => a - b);
  return pool.resource('listener', `outbound ${key}`, [settings, ...own, ...ports], () => ({ name: outboundListener, ...listener(own, ports, settings, ends) }));
}

/** All that a destination is, so that equal ones of several clients have the same inputs. */
function contentOf({ routing, reach }: Outbound): readonly unknown[] {
  return [routing, ...[...reach.values()].flatMap(({ port, identities }) => [port, ...identities])];
}

function destinationResources(destination: Outbound, parts: Parts): readonly Resource[] {
  const { mesh: { settings }, pool } = parts;
  const { port, branches } = destination.routing;
  const resources = [...destination.reach.values()].flatMap((reach) => reachResources(destination, reach, parts));
  if (branches.some(({ denied }) => denied > 0)) {
    resources.push(pool.resource('cluster', unresolvedCluster, [], () => ({ name: unresolvedCluster, message: unresolved, sources: [] })));
  }
  if (port.layer === 'tcp') return resources;
  const name = outboundRouteName(destination);
  return [...resources, pool.resource('route', name, [settings, ...contentOf(destination)], () => ({ name, ...outboundRoutes(destination, settings) }))];
}

function reachResources(destination: Outbound, reach: Reach, parts: Parts): readonly Resource[] {
  const { mesh: { settings, endpoints: addresses }, tls, pool } = parts;
  const name = upstreamClusterName(reach);
  const cluster = shareCluster(destination, reach);
  const inputs = [settings, reach.port, ...reach.identities];
  if (cluster !== name) {
    const overridden = overriddenPort(destination, reach, parts);
    return [pool.resource('cluster', cluster, [overridden, ...inputs], () => ({ name: cluster, ...directCluster(reach, settings, tls, overridden) }))];
  }
  const upstream = pool.resource('cluster', name, inputs, () => ({ name, ...upstreamCluster(reach, settings, tls) }));
  if (reach.identities.length === 0) return [upstream];
  const own = addresses.get(reach.port) ?? [];
  return [upstream, pool.resource('endpoint', name, [own, ...inputs], () => ({ name, ...endpoints(reach, own, settings) }))];
}

/** Where the pods of a headless Service listen on one port, and clients may dial another. */
function overriddenPort(destination: Outbound, { port }: Reach, parts: Parts): number | undefined {
  const listened = new Set((parts.mesh.endpoints.get(port) ?? []).map((endpoint) => endpoint.port));
  const [only] = listened;
  return listened.size === 1 && dialsOf(parts, destination).some((dial) => dial.port !== only) ? only : undefined;
}
