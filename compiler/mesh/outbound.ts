import type { Memory } from '../memory.ts';
import type { Identity, Mesh, MeshPort, Routing, Target } from './mesh.ts';
import { compareText, groupBy, sortedSet } from '../order.ts';
import { inScope } from './port-scope.ts';

/** What a client's sidecar may reach behind a Service port. */
export interface Reach {
  readonly port: MeshPort;
  /**
   * The identities behind the port that the client may call, sorted. All of the port's identities where it may call all
   * or none: none only happens for a backend of a split, whose share the server then refuses.
   */
  readonly identities: readonly Identity[];
}

/** One destination of a client: a Service port, where its traffic goes, and what the client may reach there. */
export interface Outbound {
  readonly routing: Routing;
  /** One for every share's port of every branch. */
  readonly reach: ReadonlyMap<MeshPort, Reach>;
  /** Ports of shares that the client may not call although the TrafficSplit sends it there. */
  readonly refused: readonly MeshPort[];
}

/** Who may call what, from the clients' side. */
export interface OutboundCatalog {
  /** The destinations of an identity in policy mode, sorted by the port's key. */
  of(client: Identity): readonly Outbound[];
  /** The destinations of everybody in permissive mode. */
  readonly everything: readonly Outbound[];
}

/** Whether a TrafficTarget opens a port at all: HTTP rules open HTTP ports, TCPRoutes open TCP ports, both within its ports. */
export function opens(target: Target, port: MeshPort): boolean {
  if (!target.scopes.every((scope) => inScope(scope, port))) return false;
  return port.layer === 'http' ? target.http.length > 0 : target.tcp.some((grant) => inScope(grant.scope, port));
}

/** What is reached from where, in the mode that the mesh is in: in the other one, nothing. */
export function outboundCatalog({ settings, targets, services, routings }: Mesh, memory: Memory): OutboundCatalog {
  return memory.keep('outbound', [settings.permissive, targets, services, routings], (parts): OutboundCatalog => {
    const all = [...routings.values()].sort((a, b) => compareText(a.port.key, b.port.key));
    if (settings.permissive) {
      return { of: () => none, everything: all.map((routing) => outboundOf(routing, (port) => new Set(port.service.identities), parts)) };
    }
    const clients = outboundOfClients({ targets, services, routings }, all, parts);
    return { of: (client) => clients.get(client) ?? none, everything: none };
  });
}

const none: readonly Outbound[] = [];

/** Answers for each client from indexes that are built once. */
function outboundOfClients(
  { targets, services, routings }: Pick<Mesh, 'targets' | 'services' | 'routings'>,
  all: readonly Routing[],
  memory: Memory,
): ReadonlyMap<Identity, readonly Outbound[]> {
  const targetsBySource = memory.keep('targets', [targets], (parts) => targetsOfSources(targets, parts));
  const portsByIdentity = memory.keep('ports', [services], (parts) => portsOfIdentities(services, parts));
  const apexesByLeaf = memory.part('apexes', (parts) => apexesOfLeaves(all, parts));
  const clients = [...targetsBySource].map(([client, own]) => [client, memory.keep(client, inputsOf(own), (parts) => destinations(own, parts))] as const);
  return new Map(clients);

  /** All that a client's destinations are made from. */
  function inputsOf(own: readonly Target[]): readonly unknown[] {
    const inputs: unknown[] = [own];
    for (const { destination } of own) {
      const ports = portsByIdentity.get(destination);
      inputs.push(ports);
      for (const port of ports ?? []) inputs.push(routings.get(port), apexesByLeaf.get(port));
    }
    return inputs;
  }

  function destinations(own: readonly Target[], parts: Memory): readonly Outbound[] {
    const ports = new Map<MeshPort, Set<Identity>>();
    for (const target of own) {
      for (const port of portsByIdentity.get(target.destination) ?? []) {
        if (!opens(target, port)) continue;
        const identities = ports.get(port);
        if (identities) identities.add(target.destination);
        else ports.set(port, new Set([target.destination]));
      }
    }
    const reached = new Set<Routing>();
    for (const port of ports.keys()) {
      const routing = routings.get(port);
      if (routing) reached.add(routing);
      // Who may call a backend may call the apex: that is where a split's clients send to.
      for (const apex of apexesByLeaf.get(port) ?? []) reached.add(apex);
    }
    const sorted = [...reached].sort((a, b) => compareText(a.port.key, b.port.key));
    return parts.same('destinations', sorted.map((routing) => outboundOf(routing, (port) => ports.get(port), parts)));
  }
}

function targetsOfSources(targets: readonly Target[], memory: Memory): ReadonlyMap<Identity, readonly Target[]> {
  const bySource = groupBy(
    targets.flatMap((target) => target.sources.map((source) => ({ source, target }))),
    ({ source }) => source,
  );
  return new Map([...bySource].map(([source, own]) => [source, memory.same(source, own.map(({ target }) => target))]));
}

function portsOfIdentities(services: Mesh['services'], memory: Memory): ReadonlyMap<Identity, readonly MeshPort[]> {
  const byIdentity = groupBy(
    services.flatMap((service) => service.identities.map((identity) => ({ identity, ports: service.ports }))),
    ({ identity }) => identity,
  );
  return new Map([...byIdentity].map(([identity, own]) => [identity, memory.same(identity, own.flatMap(({ ports }) => ports))]));
}

function apexesOfLeaves(routings: readonly Routing[], memory: Memory): ReadonlyMap<MeshPort, readonly Routing[]> {
  const byLeaf = groupBy(
    routings.flatMap((routing) => [...leavesOf(routing)].map((leaf) => ({ leaf, routing }))),
    ({ leaf }) => leaf,
  );
  return new Map([...byLeaf].map(([leaf, own]) => [leaf, memory.same(leaf, own.map(({ routing }) => routing))]));
}

function outboundOf(routing: Routing, allowed: (port: MeshPort) => ReadonlySet<Identity> | undefined, memory: Memory): Outbound {
  const made = outbound(routing, allowed);
  const content = [...made.reach.values()].flatMap(({ port, identities }) => [port, ...identities]);
  return memory.keep(routing, [...content, ...made.refused], () => made);
}

function leavesOf(routing: Routing): ReadonlySet<MeshPort> {
  return new Set(routing.branches.flatMap((branch) => branch.shares.map((share) => share.port)));
}

function outbound(routing: Routing, allowed: (port: MeshPort) => ReadonlySet<Identity> | undefined): Outbound {
  const reach = new Map<MeshPort, Reach>();
  const refused: MeshPort[] = [];
  for (const port of leavesOf(routing)) {
    const identities = allowed(port);
    if (!identities) refused.push(port);
    reach.set(port, { port, identities: identities ? sortedSet(identities) : port.service.identities });
  }
  return { routing, reach, refused };
}
