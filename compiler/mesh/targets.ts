import type { Collector } from '../diagnostics/collector.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { CompileOptions } from '../options.ts';
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
  readonly groups: ReadonlyMap<string, HTTPRouteGroup>;
  readonly tcpRoutes: ReadonlyMap<string, PortRoute>;
  readonly udpRoutes: ReadonlyMap<string, PortRoute>;
  readonly identities: KnownIdentities;
  readonly members: Membership;
  readonly portsOf: (identity: Identity) => readonly MeshPort[];
  /** Objects that were left out for an error of their own, as `Kind/namespace/name`. */
  readonly rejected: ReadonlySet<string>;
  readonly options: CompileOptions;
  readonly collector: Collector;
}

/**
 * The TrafficTargets with every name resolved, sorted by namespace and name. One that can't be resolved is reported and
 * left out whole: it grants nothing.
 * Source: smi-spec traffic-access v1alpha3; osm#5297 (overlapping targets are a union).
 */
export function accessTargets(
  objects: Objects,
  members: Membership,
  identities: KnownIdentities,
  portsOf: (identity: Identity) => readonly MeshPort[],
  options: CompileOptions,
  collector: Collector,
): readonly Target[] {
  const lookup: Lookup = {
    groups: byKey(objects.httpRouteGroups),
    tcpRoutes: byKey(objects.tcpRoutes),
    udpRoutes: byKey(objects.udpRoutes),
    identities,
    members,
    portsOf,
    rejected: objects.rejected,
    options,
    collector,
  };
  return objects.trafficTargets.flatMap((target) => resolveTarget(target, lookup) ?? []);
}

function byKey<Item extends { readonly meta: Meta }>(items: readonly Item[]): ReadonlyMap<string, Item> {
  return new Map(items.map((item) => [`${item.meta.namespace}/${item.meta.name}`, item]));
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
  const subjects = [destination, ...target.sources];
  const subjectsHold = subjects.map((subject) => checkSubject(meta, subject, lookup)).every(Boolean);
  if (!lookup.members.joined(meta.namespace)) {
    reportAt(collector, 'SMIC3103', meta, [], {
      message: `TrafficTarget "${meta.namespace}/${meta.name}" has no effect: its namespace isn't in the mesh "${options.meshName}"`,
    });
    return undefined;
  }
  const grants = resolveRules(target, lookup);
  if (!subjectsHold || !grants) return undefined;
  return {
    meta,
    destination: identityOf(destination.namespace, destination.name),
    sources: sortedSet(target.sources.map((source) => identityOf(source.namespace, source.name))),
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
  const near = suggest(identity, identities.all);
  reportAt(collector, 'SMIC3102', meta, [...subject.at, 'name'], {
    message: `ServiceAccount "${identity}" isn't in the input, and no pod of the input runs under it`,
    ...(near && { fix: `Did you mean "${near}"?` }),
  });
  return false;
}

function resolveRules(target: TrafficTarget, lookup: Lookup): Pick<Target, 'scopes' | 'http' | 'tcp'> | undefined {
  const http = new Map<string, HTTPGrant>();
  const tcp: TCPGrant[] = [];
  let complete = true;
  for (const rule of target.rules) {
    if (rule.kind === 'HTTPRouteGroup') {
      const grants = httpGrants(target.meta, rule, lookup);
      for (const grant of grants ?? []) http.set(grant.name, grant);
      complete &&= grants !== undefined;
    } else if (rule.kind === 'TCPRoute') {
      const grant = tcpGrant(target, rule, lookup);
      if (grant) tcp.push(grant);
      complete &&= grant !== undefined;
    } else {
      noteUDPRule(target.meta, rule, lookup);
    }
  }
  if (!complete) return undefined;
  return {
    scopes: targetScopes(target, tcp, lookup),
    http: [...http.values()].sort((a, b) => compareText(a.name, b.name)),
    tcp: tcp.sort((a, b) => compareText(a.name, b.name)),
  };
}

/** The rule's matches, or all of its group's. Undefined where a name isn't known (reported). */
function httpGrants(meta: Meta, rule: TargetRule, lookup: Lookup): readonly HTTPGrant[] | undefined {
  const group = findRoute(meta, rule, lookup.groups, lookup);
  if (!group) return undefined;
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
  return grants.length === names.length ? grants : undefined;
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
  return portScope(listed, listedIn, meta, identity, lookup.portsOf(identity), lookup.collector);
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
  if (lookup.rejected.has(`${rule.kind}/${key}`)) return undefined;
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

/** `destination.port` and TCPRoutes' ports limit HTTP and TCP alike: where a target has both, both must hold. */
function targetScopes(target: TrafficTarget, tcp: readonly TCPGrant[], lookup: Lookup): Target['scopes'] {
  const scopes: PortScope[] = [];
  if (target.destinationPort !== undefined) {
    const port = { port: target.destinationPort, at: [...target.destination.at, 'port'] };
    scopes.push(scopeOf([port], target.meta, target, lookup));
  }
  if (tcp.length > 0 && tcp.every((grant) => grant.scope.servicePorts !== undefined)) {
    scopes.push({
      servicePorts: new Set(tcp.flatMap((grant) => [...(grant.scope.servicePorts ?? [])])),
      behind: new Set(tcp.flatMap((grant) => [...grant.scope.behind])),
    });
  }
  return scopes;
}
