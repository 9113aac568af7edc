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

/** Answers for each client from indexes that are built once. */
export function outboundCatalog(mesh: Omit<Mesh, 'classes'>): OutboundCatalog {
  const targetsBySource = groupBy(
    mesh.targets.flatMap((target) => target.sources.map((source) => ({ source, target }))),
    ({ source }) => source,
  );
  const portsByIdentity = groupBy(
    mesh.services.flatMap((service) =>
      service.identities.flatMap((identity) => service.ports.map((port) => ({ identity, port }))),
    ),
    ({ identity }) => identity,
  );
  const apexesByLeaf = groupBy(
    [...mesh.routings.values()].flatMap((routing) => [...leavesOf(routing)].map((leaf) => ({ leaf, routing }))),
    ({ leaf }) => leaf,
  );

  const callable = (client: Identity): ReadonlyMap<MeshPort, ReadonlySet<Identity>> => {
    const ports = new Map<MeshPort, Set<Identity>>();
    for (const { target } of targetsBySource.get(client) ?? []) {
      for (const { port } of portsByIdentity.get(target.destination) ?? []) {
        if (!opens(target, port)) continue;
        const identities = ports.get(port);
        if (identities) identities.add(target.destination);
        else ports.set(port, new Set([target.destination]));
      }
    }
    return ports;
  };

  const known = new Map<Identity, readonly Outbound[]>();
  const destinations = (client: Identity): readonly Outbound[] => {
    const ports = callable(client);
    const routings = new Set<Routing>();
    for (const port of ports.keys()) {
      const own = mesh.routings.get(port);
      if (own) routings.add(own);
      // Who may call a backend may call the apex: that is where a split's clients send to.
      for (const { routing } of apexesByLeaf.get(port) ?? []) routings.add(routing);
    }
    return [...routings]
      .sort((a, b) => compareText(a.port.key, b.port.key))
      .map((routing) => outbound(routing, (port) => ports.get(port)));
  };

  return {
    of(client) {
      const result = known.get(client) ?? destinations(client);
      known.set(client, result);
      return result;
    },
    everything: [...mesh.routings.values()]
      .sort((a, b) => compareText(a.port.key, b.port.key))
      .map((routing) => outbound(routing, (port) => new Set(port.service.identities))),
  };
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
