import type { Collector } from '../diagnostics/collector.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { Memory } from '../memory.ts';
import type { CompilerOptions } from '../options.ts';
import { unreadMeta } from '../resources/meta.ts';
import type { HTTPMatch, HTTPRouteGroup, Objects, TrafficSplit } from '../resources/objects.ts';
import { apexName } from './apex.ts';
import type { Membership } from './membership.ts';
import type { MeshService } from './mesh.ts';
import { compareText, groupBy } from '../order.ts';
import { relatedTo, reportAt } from './report-at.ts';

/** A backend of a TrafficSplit. */
export interface ResolvedBackend {
  /** Undefined: it isn't known, and its share is denied. Only where broken objects are isolated. */
  readonly service: MeshService | undefined;
  readonly weight: number;
  /** Index in the TrafficSplit's list. */
  readonly index: number;
}

/** A TrafficSplit whose names are resolved. */
export interface ResolvedSplit {
  readonly split: Pick<TrafficSplit, 'meta'>;
  readonly apex: MeshService;
  readonly backends: readonly ResolvedBackend[];
  /** Empty: all requests. */
  readonly matches: readonly HTTPMatch[];
}

export type SplitsByApex = ReadonlyMap<MeshService, readonly ResolvedSplit[]>;

interface Lookup {
  readonly objects: Objects;
  readonly services: ReadonlyMap<string, MeshService>;
  readonly groups: ReadonlyMap<string, HTTPRouteGroup>;
  readonly members: Membership;
  readonly options: CompilerOptions;
  readonly collector: Collector;
}

/**
 * The TrafficSplits by their apex, those with `matches` first, then by name. What can't be resolved is reported and left
 * out; where broken objects are isolated, it is denied: its requests go nowhere rather than where it doesn't say.
 * Source: smi-spec traffic-split v1alpha1 to v1alpha4.
 */
export function resolvedSplits(
  objects: Objects,
  services: readonly MeshService[],
  members: Membership,
  options: CompilerOptions,
  memory: Memory,
): SplitsByApex {
  const { httpRouteGroups } = objects;
  const lookup: Omit<Lookup, 'collector'> = {
    objects,
    services: memory.keep('services', [services], () => new Map(services.map((service) => [service.key, service]))),
    groups: memory.keep('groups', [httpRouteGroups], () => new Map(httpRouteGroups.map((group) => [`${group.meta.namespace}/${group.meta.name}`, group]))),
    members,
    options,
  };
  if (objects.services.length === 0 && objects.trafficSplits.length > 0) {
    reportServicesUnknown(objects.trafficSplits, options, memory);
    return new Map();
  }
  const splits = objects.trafficSplits.flatMap(
    (split) => memory.keep(split, inputsOf(split, lookup), (parts) => resolveSplit(split, { ...lookup, collector: parts })) ?? [],
  );
  const byApex = groupBy([...(options.isolate ? unreadableSplits(lookup) : []), ...splits], (split) => split.apex);
  return new Map([...byApex].map(([apex, group]) => [apex, memory.keep(apex, group, (parts) => orderedGroup(group, parts))]));
}

function orderedGroup(group: readonly ResolvedSplit[], memory: Memory): readonly ResolvedSplit[] {
  // It may be for any request: the others have no say.
  const unknown = group.find(isUnknown);
  if (unknown) return [unknown];
  // Stable: within each kind the order by name stays.
  const ordered = [...group].sort((a, b) => Number(a.matches.length === 0) - Number(b.matches.length === 0));
  const rivals = reportRivals(ordered, memory);
  return ordered.flatMap((split) => {
    if (!rivals.has(split)) return [split];
    return split.matches.length === 0 ? [] : [{ ...split, backends: nobody }];
  });
}

/** All of the traffic, to nobody. */
const nobody: readonly ResolvedBackend[] = [{ service: undefined, weight: 1, index: 0 }];

function isUnknown({ backends, matches }: ResolvedSplit): boolean {
  return backends === nobody && matches.length === 0;
}

/** The TrafficSplits that can't even be read, as far as they say whose requests they are for: all of these may be meant. */
function unreadableSplits({ objects, services, members, options }: Omit<Lookup, 'collector'>): readonly ResolvedSplit[] {
  const unread = [...objects.rejected].sort(([a], [b]) => compareText(a, b));
  return unread.flatMap(([key, raw]) => {
    const { service } = (raw.value['spec'] ?? {}) as { readonly service?: unknown };
    if (!key.startsWith('TrafficSplit/') || typeof service !== 'string') return [];
    const meta = unreadMeta(raw);
    const name = apexName({ service }, options.clusterDomain);
    const apex = name && (name.namespace ?? meta.namespace) === meta.namespace ? services.get(`${meta.namespace}/${name.name}`) : undefined;
    return apex && members.joined(meta.namespace) ? [{ split: { meta }, apex, backends: nobody, matches: [] }] : [];
  });
}

/** What a TrafficSplit becomes depends on what it names; and where a name leads nowhere, on all that could be meant. */
function inputsOf(split: TrafficSplit, lookup: Omit<Lookup, 'collector'>): readonly unknown[] {
  const { objects, services, groups, members, options } = lookup;
  const { namespace } = split.meta;
  const named = [split, ...split.backends].map((one) => services.get(`${namespace}/${apexName(one, options.clusterDomain)?.name ?? ''}`));
  const matches = split.matches.map(({ name }) => groups.get(`${namespace}/${name}`));
  const own = [options, members.joined(namespace), ...named, ...matches];
  if (own.every((one) => one !== undefined)) return own;
  const broken = [...objects.rejected.keys()].filter((key) => /^(?:Service|HTTPRouteGroup)\//.test(key) && key.split('/')[1] === namespace);
  return [...own, ...broken, objects.services, services, groups];
}

function reportServicesUnknown(splits: readonly TrafficSplit[], options: CompilerOptions, collector: Collector): void {
  for (const split of splits) {
    reportAt(collector, options.complete ? 'SMIC4002' : 'SMIC4001', split.meta, ['spec', 'service'], {
      message: `not known whether Service "${split.service}" and the backends of TrafficSplit "${split.meta.namespace}/${split.meta.name}" exist: no Service in the input`,
    });
  }
}

function resolveSplit(split: TrafficSplit, lookup: Lookup): ResolvedSplit | undefined {
  const { collector, options, members } = lookup;
  const { meta } = split;
  if (!members.joined(meta.namespace)) {
    reportAt(collector, 'SMIC4016', meta, [], {
      message: `TrafficSplit "${meta.namespace}/${meta.name}" has no effect: its namespace isn't in the mesh "${options.meshName}"`,
    });
    return undefined;
  }
  const apex = resolveApex(split, lookup);
  const matches = resolveMatches(split, lookup);
  const denied = options.isolate && apex ? { split, apex, backends: nobody, matches: [] } : undefined;
  if (split.backends.every((backend) => backend.weight === 0)) {
    reportAt(collector, 'SMIC4006', meta, ['spec', 'backends'], {
      message: `all weights of TrafficSplit "${meta.namespace}/${meta.name}" are 0: nobody would get the traffic`,
    });
    return denied && { ...denied, matches: matches ?? [] };
  }
  const backends = split.backends.flatMap((_, index) => resolveBackend(split, index, apex, lookup) ?? []);
  if (!apex || !matches) return denied;
  if (split.matches.length > 0 && matches.length === 0) {
    // It must not be taken for one without `matches`, which is for all requests.
    reportAt(collector, 'SMIC4018', meta, ['spec', 'matches'], {
      message: `TrafficSplit "${meta.namespace}/${meta.name}" is for no request: none of its groups has a match`,
    });
    return undefined;
  }
  return { split, apex, backends, matches };
}

function resolveApex(split: TrafficSplit, lookup: Lookup): MeshService | undefined {
  const { meta } = split;
  const name = apexName(split, lookup.options.clusterDomain);
  if (!name || (name.namespace !== undefined && name.namespace !== meta.namespace)) {
    reportAt(lookup.collector, 'SMIC4003', meta, ['spec', 'service'], {
      message: `"${split.service}" doesn't name a Service in the TrafficSplit's own namespace, "${meta.namespace}"`,
    });
    return undefined;
  }
  const apex = lookup.services.get(`${meta.namespace}/${name.name}`);
  if (!apex && !rejected('Service', meta.namespace, name.name, lookup)) {
    reportAt(lookup.collector, 'SMIC4002', meta, ['spec', 'service'], {
      message: `the TrafficSplit's apex Service "${meta.namespace}/${name.name}" ${missing(meta.namespace, name.name, lookup)}`,
      ...nearService(meta.namespace, name.name, split.backends.map(({ service }) => service), lookup),
    });
  }
  return apex;
}

function resolveBackend(
  split: TrafficSplit,
  index: number,
  apex: MeshService | undefined,
  lookup: Lookup,
): ResolvedBackend | undefined {
  const backend = split.backends[index];
  if (!backend) return undefined;
  const denied = lookup.options.isolate && backend.weight > 0 ? { service: undefined, weight: backend.weight, index } : undefined;
  const { meta } = split;
  const name = apexName(backend, lookup.options.clusterDomain);
  const inNamespace = name && (name.namespace === undefined || name.namespace === meta.namespace);
  const service = inNamespace ? lookup.services.get(`${meta.namespace}/${name.name}`) : undefined;
  if (!service) {
    if (rejected('Service', meta.namespace, name?.name ?? '', lookup)) return denied;
    reportAt(lookup.collector, backend.weight > 0 ? 'SMIC4004' : 'SMIC4005', meta, [...backend.at, 'service'], {
      message: `backend Service "${meta.namespace}/${backend.service}" ${missing(meta.namespace, backend.service, lookup)}`,
      ...nearService(meta.namespace, backend.service, [apex?.name ?? '', ...split.backends.map(({ service: other }) => other)], lookup),
    });
    return denied;
  }
  if (service === apex) {
    reportAt(lookup.collector, 'SMIC4009', meta, [...backend.at, 'service'], {
      message: `TrafficSplit "${meta.namespace}/${meta.name}" lists its own apex "${backend.service}" as a backend: it stands for the pods of that Service`,
    });
  }
  if (split.backends.findIndex((other) => other.service === backend.service) < index) {
    reportAt(lookup.collector, 'SMIC4010', meta, backend.at, {
      message: `backend "${backend.service}" is listed more than once: its weights are added`,
    });
  }
  return { service, weight: backend.weight, index };
}

/** Whether the object was left out for an error of its own, which has been reported. */
function rejected(kind: string, namespace: string, name: string, { objects }: Lookup): boolean {
  return objects.rejected.has(`${kind}/${namespace}/${name}`);
}

function isExternal(namespace: string, name: string, { services }: Objects): boolean {
  return services.some(({ meta, type }) => meta.namespace === namespace && meta.name === name && type === 'ExternalName');
}

function missing(namespace: string, name: string, { objects }: Lookup): string {
  return isExternal(namespace, name, objects) ? 'is an ExternalName: no sidecar stands behind it' : "isn't in the input";
}

/** @param taken Services that can't be meant: the TrafficSplit names them already */
function nearService(namespace: string, name: string, taken: readonly string[], { services, objects }: Lookup): { readonly fix?: string } {
  if (isExternal(namespace, name, objects)) return {};
  const names = [...services.values()]
    .filter((service) => service.namespace === namespace && !taken.includes(service.name))
    .map((service) => service.name);
  const near = suggest(name, names);
  return near ? { fix: `Did you mean "${near}"?` } : {};
}

function resolveMatches(split: TrafficSplit, lookup: Lookup): readonly HTTPMatch[] | undefined {
  const { objects, groups, collector } = lookup;
  const found = split.matches.map(({ name, at }) => {
    const group = groups.get(`${split.meta.namespace}/${name}`);
    if (group) return group.matches;
    if (rejected('HTTPRouteGroup', split.meta.namespace, name, lookup)) return undefined;
    const inNamespace = objects.httpRouteGroups.filter(({ meta }) => meta.namespace === split.meta.namespace);
    const near = suggest(name, inNamespace.map(({ meta }) => meta.name));
    reportAt(collector, 'SMIC4007', split.meta, [...at, 'name'], {
      message: `there is no HTTPRouteGroup "${name}" in namespace "${split.meta.namespace}"`,
      ...(near && { fix: `Did you mean "${near}"?` }),
    });
    return undefined;
  });
  // All of them lead to the same backends, so their order means nothing: it must not show in what is compiled.
  return found.every((matches) => matches !== undefined)
    ? found.flat().sort((a, b) => compareText(a.name, b.name) || compareText(matchKey(a), matchKey(b)))
    : undefined;
}

/** Two splits of one apex need `matches` that tell them apart: at most one takes what no match names, and no match is in two. Gives those that aren't the first. */
function reportRivals(splits: readonly ResolvedSplit[], collector: Collector): ReadonlySet<ResolvedSplit> {
  const rivals = new Set<ResolvedSplit>();
  const holders = new Map<string, ResolvedSplit>();
  for (const current of splits) {
    const keys = current.matches.length === 0 ? [''] : current.matches.map(matchKey);
    for (const key of new Set(keys)) {
      const holder = holders.get(key);
      if (!holder) {
        holders.set(key, current);
        continue;
      }
      reportAt(collector, 'SMIC4008', current.split.meta, ['spec', 'service'], {
        message: `TrafficSplit "${current.split.meta.name}" and TrafficSplit "${holder.split.meta.name}" split the same requests of Service "${current.apex.key}"`,
        related: [relatedTo('the other TrafficSplit', holder.split.meta, ['spec', 'service'])],
      });
      rivals.add(current);
      break;
    }
  }
  return rivals;
}

function matchKey({ pathRegex, methods, headers }: HTTPMatch): string {
  return JSON.stringify([pathRegex, methods, headers.map(({ name, regex }) => [name, regex])]);
}
