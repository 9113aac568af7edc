import type { Collector } from '../diagnostics/collector.ts';
import type { Memory } from '../memory.ts';
import type { Dial, Mesh, MeshPort, MeshService, PortEndpoint } from './mesh.ts';
import { addTo, compareText, sortedSet } from '../order.ts';
import { relatedTo, reportAt } from './report-at.ts';

/**
 * What clients dial for each Service port: cluster IPs and the Service's port; for a headless Service its pods' addresses
 * and the ports on which they listen. No address and port stand for two Service ports: the first one by kind (cluster
 * IPs before pods) and key has them, and the other is reported.
 * @param podsKnown the input shows pods. Then only pods of its own namespace are dialled for a headless Service: whoever
 *   may write its slices could otherwise draw to it what clients send to any address
 */
export function dials(
  services: readonly MeshService[],
  endpoints: Mesh['endpoints'],
  podsKnown: boolean,
  memory: Memory,
): ReadonlyMap<MeshPort, readonly Dial[]> {
  const owners = new Map<string, MeshPort>();
  const result = new Map<MeshPort, readonly Dial[]>();
  const ports = [...services]
    .sort((a, b) => Number(a.headless) - Number(b.headless) || compareText(a.key, b.key))
    .flatMap((service) => service.ports);
  for (const port of ports) {
    const dialled = port.service.headless ? podDials(endpoints.get(port) ?? [], podsKnown) : clusterDial(port);
    result.set(port, claim(port, dialled, owners, memory));
  }
  // A second round: a headless Service's own port, where nobody else is dialled by it (OSM's clients may use it).
  for (const port of ports.filter(({ service }) => service.headless)) {
    const own = result.get(port) ?? [];
    // Pods that listen on different ports can't be told apart by the one that was dialled.
    if (new Set((endpoints.get(port) ?? []).map((endpoint) => endpoint.port)).size !== 1) continue;
    if (own.some((dial) => dial.port === port.port)) continue;
    const addresses = sortedSet(own.flatMap((dial) => dial.addresses));
    const free = addresses.filter((address) => !owners.has(`${address} ${port.port}`));
    for (const address of free) owners.set(`${address} ${port.port}`, port);
    if (free.length > 0) result.set(port, [...own, { port: port.port, addresses: free }].sort((a, b) => a.port - b.port));
  }
  for (const [port, own] of result) {
    const inputs = own.flatMap((dial) => [dial.port, ...dial.addresses]);
    result.set(port, memory.keep(port, inputs, () => own));
  }
  return result;
}

function clusterDial(port: MeshPort): readonly Dial[] {
  const { addresses } = port.service;
  return addresses.length === 0 ? [] : [{ port: port.port, addresses }];
}

function podDials(endpoints: readonly PortEndpoint[], podsKnown: boolean): readonly Dial[] {
  const byPort = new Map<number, string[]>();
  for (const endpoint of endpoints) {
    if (podsKnown && endpoint.identity === undefined) continue;
    addTo(byPort, endpoint.port, endpoint.address);
  }
  return [...byPort]
    .sort(([a], [b]) => a - b)
    .map(([number, addresses]) => ({ port: number, addresses: sortedSet(addresses) }));
}

function claim(
  port: MeshPort,
  wanted: readonly Dial[],
  owners: Map<string, MeshPort>,
  collector: Collector,
): readonly Dial[] {
  const rivals = new Set<MeshPort>();
  const claimed = wanted.map((dial) => ({
    port: dial.port,
    addresses: dial.addresses.filter((address) => {
      const owner = owners.get(`${address} ${dial.port}`);
      if (owner) rivals.add(owner);
      else owners.set(`${address} ${dial.port}`, port);
      return !owner;
    }),
  }));
  for (const rival of rivals) {
    reportAt(collector, 'SMIC5013', port.service.meta, port.declaration.at, {
      message: `clients can't tell port ${port.port} of Service "${port.service.key}" from port ${rival.port} of Service "${rival.service.key}": both are dialled at the same addresses and port; they reach the latter`,
      related: [relatedTo('the Service that they reach', rival.service.meta, rival.declaration.at)],
    });
  }
  return claimed.filter((dial) => dial.addresses.length > 0);
}
