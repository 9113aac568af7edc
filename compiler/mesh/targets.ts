import type { Collector } from '../diagnostics/collector.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { Memory } from '../memory.ts';
import type { CompilerOptions } from '../options.ts';
import type { HTTPRouteGroup, Meta, Objects, PortRoute, Subject, TargetRule, TrafficTarget } from '../resources/objects.ts';
import { identityOf } from './identity.ts';
import type { KnownIdentities } from './known-identities.ts';
import type { Membership } from './membership.ts';
import type { HTTPGrant, Identity, MeshPort, PortScope, Target, TCPGrant } from './mesh.ts';
import { objectName } from './object-name.ts';
import { compareText, sortedSet } from '../order.ts';
import { anyPort, noPort, portScope } from './port-scope.ts';
import { relatedTo, reportAt } from './report-at.ts';

/** What a TrafficTarget's names are looked up in. */
interface Lookup {
  readonly objects: Objects;
  readonly groups: ReadonlyMap<string, HTTPRouteGroup>;
  readonly tcpRoutes: ReadonlyMap<string, PortRoute>;
  readonly udpRoutes: ReadonlyMap<string, PortRoute>;
  readonly identities: KnownIdentities;
  readonly members: Membership;
  readonly portsOf: (identity: Identity) => readonly MeshPort[];
  /** Namespaces of Services that were left out for an error: which ports they have isn't known. */
  readonly unknownPorts: ReadonlySet<string>;
  readonly options: CompilerOptions;
  readonly collector: Collector;
}

/**
 * The TrafficTargets with every name resolved, sorted by namespace and name. One that can't be resolved is reported and
 * left out whole: it grants nothing. Where broken objects are isolated, only what can't be resolved grants nothing.
 * Source: smi-spec traffic-access v1alpha3; osm#5297 (overlapping targets are a union).
 */
export function accessTargets(
  objects: Objects,
  members: Membership,
  identities: KnownIdentities,
  portsOf: (identity: Identity) => readonly MeshPort[],
  options: CompilerOptions,
  memory: Memory,
): readonly Target[] {
  const { httpRouteGroups, tcpRoutes, udpRoutes, rejected } = objects;
  const lookup: Omit<Lookup, 'collector'> = {
    objects,
    groups: memory.keep('groups', [httpRouteGroups], () => byKey(httpRouteGroups)),
    tcpRoutes: memory.keep('TCP routes', [tcpRoutes], () => byKey(tcpRoutes)),
    udpRoutes: memory.keep('UDP routes', [udpRoutes], () => byKey(udpRoutes)),
    identities,
    members,
    portsOf,
    unknownPorts: new Set([...rejected.keys()].flatMap((key) => (key.startsWith('Service/') ? [key.split('/')[1] ?? ''] : []))),
    options,
  };
  const targets = objects.trafficTargets.map((target) =>
    memory.keep(target, inputsOf(target, lookup), (parts) => resolveTarget(target, { ...lookup, collector: parts })),
  );
  return memory.same('targets', targets.filter((target) => target !== undefined));
}

function byKey<Item extends { readonly meta: Meta }>(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [`${item.meta.namespace}/${item.meta.name}`, item]));
}

/** What becomes of a TrafficTarget depends on what it names; and where a name leads nowhere, on all that could be meant. */
function inputsOf({ meta, destination, sources, rules }: TrafficTarget, lookup: Omit<Lookup, 'collector'>): readonly unknown[] {
  const { objects, identities, members, portsOf, unknownPorts, options } = lookup;
  const known = [destination, ...sources].every((subject) => subject.kind === 'ServiceAccount' && identities.has(identityOf(subject.namespace, subject.name)));
  const routes = rules.map(({ kind, name }) => routesOf(kind, lookup).get(`${meta.namespace}/${name}`));
  const own = [
    options,
    identities.complete,
    members.joined(meta.namespace),
    portsOf(identityOf(destination.namespace, destination.name)),
    unknownPorts.has(meta.namespace),
    ...routes,
  ];
  if (known && routes.every((route) => route !== undefined)) return own;
  const { httpRouteGroups, tcpRoutes, udpRoutes } = objects;
  const broken = rules.map(({ kind, name }) => objects.rejected.has(`${kind}/${meta.namespace}/${name}`));
  return [...own, ...broken, httpRouteGroups, tcpRoutes, udpRoutes, identities];
}

function routesOf(kind: TargetRule['kind'], { groups, tcpRoutes, udpRoutes }: Omit<Lookup, 'collector'>): ReadonlyMap<string, HTTPRouteGroup | PortRoute> {
  if (kind === 'HTTPRouteGroup') return groups;
  return kind === 'TCPRoute' ? tcpRoutes : udpRoutes;
}

function resolveTarget(target: TrafficTarget, lookup: Lookup): Target | undefined {
  const { meta, destination } = target;
  const { collector, options } = lookup;
  if (destination.namespace !== meta.namespace) {
    reportAt(collector, 'SMIC3100', meta, [...destination.at, 'namespace'], {
      message: `TrafficTarget "${meta.namespace}/${meta.name}" opens a destination in another namespace, "${destination.namespace}"`,
    });
    return undefined;
  }
  if (!lookup.identities.complete && !options.complete) {
    reportAt(collector, 'SMIC3109', meta, ['spec'], {
      message: `not known whether the service accounts of TrafficTarget "${meta.namespace}/${meta.name}" exist: no ServiceAccount and no workload in the input`,
    });
  }
  const destinationHolds = checkSubject(meta, destination, lookup);
  const sources = target.sources.filter((source) => checkSubject(meta, source, lookup));
  if (!lookup.members.joined(meta.namespace)) {
    reportAt(collector, 'SMIC3103', meta, [], {
      message: `TrafficTarget "${meta.namespace}/${meta.name}" has no effect: its namespace isn't in the mesh "${options.meshName}"`,
    });
    return undefined;
  }
  const { complete, ...grants } = resolveRules(target, lookup);
  const resolved = complete && sources.length === target.sources.length;
  if (!destinationHolds || (!resolved && !options.isolate)) return undefined;
  return {
    meta,
    destination: identityOf(destination.namespace, destination.name),
    sources: sortedSet(sources.map((source) => identityOf(source.namespace, source.name))),
    ...grants,
  };
}

function checkSubject(meta: Meta, subject: Subject, { identities, options, collector }: Lookup): boolean {
  if (subject.kind !== 'ServiceAccount') {
    reportAt(collector, 'SMIC3101', meta, [...subject.at, 'kind'], {
      message: `"${subject.kind}" can't take part in a TrafficTarget: only ServiceAccount can`,
    });
    return false;
  }
  const identity = identityOf(subject.namespace, subject.name);
  if (identities.has(identity)) return true;
  if (!identities.complete) {
    if (!options.complete) return true;
    reportAt(collector, 'SMIC3102', meta, [...subject.at, 'name'], {
      message: `ServiceAccount "${identity}" isn't in the input`,
    });
    return false;
  }
  const near = suggest(identity, identities.all());
  reportAt(collector, 'SMIC3102', meta, [...subject.at, 'name'], {
    message: `ServiceAccount "${identity}" isn't in the input, and no pod of the input runs under it`,
    ...(near && { fix: `Did you mean "${near}"?` }),
  });
  return false;
}

function resolveRules(target: TrafficTarget, lookup: Lookup): Pick<Target, 'scopes' | 'http' | 'tcp'> & { readonly complete: boolean } {
  const http = new Map<string, HTTPGrant>();
  const tcp: TCPGrant[] = [];
  let complete = true;
  let brokenPorts = false;
  for (const rule of target.rules) {
    if (rule.kind === 'HTTPRouteGroup') {
      const { grants, all } = httpGrants(target.meta, rule, lookup);
      for (const grant of grants) http.set(grant.name, grant);
      complete &&= all;
    } else if (rule.kind === 'TCPRoute') {
      const grant = tcpGrant(target, rule, lookup);
      if (grant) tcp.push(grant);
      else brokenPorts = true;
    } else {
      noteUDPRule(target.meta, rule, lookup);
    }
  }
  return {
    complete: complete && !brokenPorts,
    scopes: targetScopes(target, tcp, brokenPorts, lookup),
    http: [...http.values()].sort((a, b) => compareText(a.name, b.name)),
    tcp: tcp.sort((a, b) => compareText(a.name, b.name)),
  };
}

/** The rule's matches, or all of its group's; those whose names are known (others are reported), and whether they are all. */
function httpGrants(meta: Meta, rule: TargetRule, lookup: Lookup): { readonly grants: readonly HTTPGrant[]; readonly all: boolean } {
  const group = findRoute(meta, rule, lookup.groups, lookup);
  if (!group) return { grants: [], all: false };
  if (rule.matches === undefined) {
    reportAt(lookup.collector, 'SMIC3110', meta, rule.at, {
      message: `the rule names no matches of HTTPRouteGroup "${rule.name}" and so allows ${group.matches.length === 1 ? 'the only one' : `all ${group.matches.length} of them`}`,
      related: [relatedTo('the group', group.meta)],
    });
  }
  const names = rule.matches ?? group.matches.map((match) => match.name);
  const byName = new Map(group.matches.map((match) => [match.name, match]));
  const grants: HTTPGrant[] = [];
  for (const name of names) {
    const match = byName.get(name);
    if (match) {
      const at = rule.matches ? [...rule.at, 'matches', rule.matches.indexOf(name)] : rule.at;
      grants.push({ name: `${objectName(meta)}/${rule.name}/${name}`, group: group.meta, match, at });
      continue;
    }
    const near = suggest(name, byName.keys());
    reportAt(lookup.collector, 'SMIC3105', meta, [...rule.at, 'matches', names.indexOf(name)], {
      message: `HTTPRouteGroup "${group.meta.namespace}/${group.meta.name}" has no match "${name}"`,
      ...(near && { fix: `Did you mean "${near}"?` }),
      related: [relatedTo('the group', group.meta)],
    });
  }
  return { grants, all: grants.length === names.length };
}

function tcpGrant(target: TrafficTarget, rule: TargetRule, lookup: Lookup): TCPGrant | undefined {
  const route = findRoute(target.meta, rule, lookup.tcpRoutes, lookup);
  if (!route) return undefined;
  const [match] = rule.matches ?? [];
  if (match !== undefined) {
    reportAt(lookup.collector, 'SMIC3105', target.meta, [...rule.at, 'matches', 0], {
      message: `TCPRoute "${route.meta.namespace}/${route.meta.name}" has no match "${match}": a TCPRoute has ports only, and a rule takes all of them`,
      fix: 'Remove "matches" from the rule, or name a TCPRoute with the ports that are meant.',
      related: [relatedTo('the TCPRoute', route.meta)],
    });
    return undefined;
  }
  return {
    name: `${objectName(target.meta)}/${rule.name}`,
    scope: rule.matches ? noPort : route.ports.length === 0 ? anyPort : scopeOf(route.ports, route.meta, target, lookup),
    route: route.meta,
    at: rule.at,
  };
}

function scopeOf(listed: PortRoute['ports'], listedIn: Meta, { meta, destination }: TrafficTarget, lookup: Lookup): PortScope {
  const identity = identityOf(destination.namespace, destination.name);
  return portScope(listed, listedIn, meta, identity, lookup.portsOf(identity), !lookup.unknownPorts.has(meta.namespace), lookup.collector);
}

function findRoute<Route extends { readonly meta: Meta }>(
  meta: Meta,
  rule: TargetRule,
  routes: ReadonlyMap<string, Route>,
  lookup: Lookup,
): Route | undefined {
  const key = `${meta.namespace}/${rule.name}`;
  const route = routes.get(key);
  if (route) return route;
  // What is wrong with the route itself has been reported.
  if (lookup.objects.rejected.has(`${rule.kind}/${key}`)) return undefined;
  const inNamespace = [...routes.values()].filter((candidate) => candidate.meta.namespace === meta.namespace);
  const near = suggest(rule.name, inNamespace.map((candidate) => candidate.meta.name));
  const elsewhere = [...routes.values()].find((candidate) => candidate.meta.name === rule.name);
  const otherKind = kindOf(key, lookup);
  reportAt(lookup.collector, 'SMIC3104', meta, [...rule.at, 'name'], {
    message: `there is no ${rule.kind} "${rule.name}" in namespace "${meta.namespace}"${otherKind ? `, but ${otherKind}` : ''}`,
    ...(otherKind ? { fix: 'Correct the kind or the name of the rule.' } : near && { fix: `Did you mean "${near}"?` }),
    related: elsewhere ? [relatedTo('one of that name is in another namespace', elsewhere.meta)] : [],
  });
  return undefined;
}

/** The kind of route that the namespace has under the name, with its article. */
function kindOf(key: string, { groups, tcpRoutes, udpRoutes }: Lookup): string | undefined {
  if (groups.has(key)) return 'an HTTPRouteGroup';
  if (tcpRoutes.has(key)) return 'a TCPRoute';
  return udpRoutes.has(key) ? 'a UDPRoute' : undefined;
}

function noteUDPRule(meta: Meta, rule: TargetRule, { udpRoutes, collector }: Lookup): void {
  const known = udpRoutes.has(`${meta.namespace}/${rule.name}`);
  reportAt(collector, 'SMIC3106', meta, rule.at, {
    message: `the UDPRoute rule "${rule.name}" has no effect${known ? '' : ' (and there is no such UDPRoute)'}: no UDP passes through a sidecar`,
  });
}

/**
 * `destination.port` and TCPRoutes' ports limit HTTP and TCP alike: where a target has both, both must hold.
 * @param broken there are TCPRoutes that aren't known: they add no port, and are no reason to drop the limit
 */
function targetScopes(target: TrafficTarget, tcp: readonly TCPGrant[], broken: boolean, lookup: Lookup): Target['scopes'] {
  const scopes: PortScope[] = [];
  if (target.destinationPort !== undefined) {
    const port = { port: target.destinationPort, at: [...target.destination.at, 'port'] };
    scopes.push(scopeOf([port], target.meta, target, lookup));
  }
  if ((tcp.length > 0 || broken) && tcp.every((grant) => grant.scope.servicePorts !== undefined)) {
    scopes.push({
      servicePorts: new Set(tcp.flatMap((grant) => [...(grant.scope.servicePorts ?? [])])),
      behind: new Set(tcp.flatMap((grant) => [...grant.scope.behind])),
    });
  }
  return scopes;
}
