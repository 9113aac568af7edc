import type { Resource, ResourceType } from '../../artifact/artifact.ts';
import { groupBy } from '../../order.ts';
import type { Cluster, ClusterLoadAssignment, Listener, RouteConfiguration } from '../generated/api.ts';
import { clusterFacts } from './cluster-facts.ts';
import { type Facts, newFacts } from './facts.ts';
import { listenerInspector } from './listener-facts.ts';
import { remainderFacts, routeFacts } from './route-facts.ts';

/** A fault in the configuration of one proxy. */
export interface Fault {
  readonly resource: Resource;
  readonly message: string;
}

/**
 * Says what is wrong with all the resources of one proxy although Envoy would take them: references that lead nowhere,
 * names in use twice, resources that nobody refers to, TLS and RBAC that protect nothing.
 * Source: what a real Envoy 1.40 was seen to accept.
 * @param shared resources that many proxies have besides their own: the same list each time, so that it is looked over once
 */
export type ClosureCheck = (resources: readonly Resource[], shared?: readonly Resource[]) => readonly Fault[];

type ByName = Readonly<Record<ResourceType, ReadonlyMap<string, Resource>>>;
type Find = (type: ResourceType, name: string) => Resource | undefined;

/** Something that a resource needs of another one. */
interface Need {
  readonly resource: Resource;
  readonly type: ResourceType;
  readonly name: string;
  /** What to say where it isn't there. */
  readonly message: string;
  /** Of a route configuration: the HTTP filters that read what it configures. */
  readonly filters?: readonly string[];
}

/** Resources that were looked over: what is wrong with each by itself, and what they need. */
interface Looked {
  readonly byName: ByName;
  readonly faults: readonly Fault[];
  readonly needs: readonly Need[];
}

/** Shared resources: what the set itself doesn't have is left to each proxy, by type and name. */
interface LookedShared extends Looked {
  readonly open: ReadonlyMap<string, readonly Need[]>;
}

/** A check that looks each resource over once, however many proxies have it, as long as anybody has it. */
export function closureCheck(): ClosureCheck {
  const inspectListener = listenerInspector();
  const known = new WeakMap<Resource, readonly Facts[]>();
  const factsOf = (resource: Resource): readonly Facts[] => {
    const facts = known.get(resource) ?? inspect(resource, inspectListener);
    known.set(resource, facts);
    return facts;
  };
  const look = (resources: readonly Resource[]): Looked => lookOver(resources, factsOf);
  const sharedOnce = new WeakMap<readonly Resource[], LookedShared>();
  const lookShared = (shared: readonly Resource[]): LookedShared => {
    const looked = sharedOnce.get(shared) ?? withOpen(look(shared), factsOf);
    sharedOnce.set(shared, looked);
    return looked;
  };
  return (resources, shared = none) => {
    const base = lookShared(shared);
    const own = look(resources);
    const faults = [...base.faults, ...own.faults];
    const find: Find = (type, name) => own.byName[type].get(name) ?? base.byName[type].get(name);
    for (const resource of resources) {
      if (base.byName[resource.type].has(resource.name)) faults.push({ resource, message: 'there are two of this name' });
    }
    const used = new Set<string>();
    for (const need of own.needs) {
      used.add(`${need.type} ${need.name}`);
      faults.push(...needFaults(need, find, factsOf));
    }
    for (const [key, needs] of base.open) {
      used.add(key);
      const [first] = needs;
      // They need the same: where the first has it, all have.
      if (first && needFaults(first, find, factsOf).length > 0) faults.push(...needs.flatMap((need) => needFaults(need, find, factsOf)));
    }
    for (const [name, resource] of own.byName.route) {
      if (!used.has(`route ${name}`)) faults.push({ resource, message: 'no listener refers to it' });
    }
    return faults;
  };
}

const none: readonly Resource[] = [];

/** A shared route configuration is for a shared listener. */
function withOpen(looked: Looked, factsOf: (resource: Resource) => readonly Facts[]): LookedShared {
  const find: Find = (type, name) => looked.byName[type].get(name);
  const open = looked.needs.filter(({ type, name }) => find(type, name) === undefined);
  const met = looked.needs.filter(({ type, name }) => find(type, name) !== undefined);
  const used = new Set(met.flatMap(({ type, name }) => (type === 'route' ? [name] : [])));
  const unused = [...looked.byName.route].filter(([name]) => !used.has(name));
  return {
    ...looked,
    open: groupBy(open, ({ type, name }) => `${type} ${name}`),
    faults: [
      ...looked.faults,
      ...met.flatMap((need) => needFaults(need, find, factsOf)),
      ...unused.map(([, resource]) => ({ resource, message: 'no listener refers to it' })),
    ],
  };
}

function lookOver(resources: readonly Resource[], factsOf: (resource: Resource) => readonly Facts[]): Looked {
  const faults: Fault[] = [];
  const needs: Need[] = [];
  const byName = index(resources, faults);
  for (const resource of resources) {
    for (const facts of factsOf(resource)) {
      for (const message of facts.faults) faults.push({ resource, message });
      for (const name of facts.clusters) needs.push({ resource, type: 'cluster', name, message: `it refers to the cluster "${name}", which isn't there` });
      for (const name of facts.secrets) needs.push({ resource, type: 'secret', name, message: `it refers to the secret "${name}", which isn't there` });
      for (const { name, filters } of facts.routes) {
        needs.push({ resource, type: 'route', name, filters, message: `it refers to the route configuration "${name}", which isn't there` });
      }
    }
    checkName(resource, faults);
    if (resource.type === 'endpoint') {
      needs.push({ resource, type: 'cluster', name: resource.name, message: 'no cluster has these endpoints' });
    } else if (resource.type === 'cluster' && (resource.message as Cluster).type === 'EDS') {
      needs.push({ resource, type: 'endpoint', name: resource.name, message: 'its endpoints are not there' });
    }
  }
  return { byName, faults, needs };
}

function needFaults(need: Need, find: Find, factsOf: (resource: Resource) => readonly Facts[]): readonly Fault[] {
  const found = find(need.type, need.name);
  if (!found) return [{ resource: need.resource, message: need.message }];
  const { filters } = need;
  if (!filters) return [];
  return factsOf(found)
    .flatMap(({ configured }) => configured)
    .filter((filter) => !filters.includes(filter))
    .map((filter) => ({ resource: need.resource, message: `no HTTP filter reads what "${need.name}" configures for "${filter}"` }));
}

function inspect(resource: Resource, inspectListener: (listener: Listener) => readonly Facts[]): readonly Facts[] {
  if (resource.type === 'listener') return inspectListener(resource.message as Listener);
  const facts = newFacts();
  if (resource.type === 'cluster') clusterFacts(resource.message as Cluster, facts);
  if (resource.type === 'route') {
    routeFacts(resource.message as RouteConfiguration, facts);
    remainderFacts(resource.message as RouteConfiguration, facts);
  }
  return [facts];
}

function index(resources: readonly Resource[], faults: Fault[]): ByName {
  const byName: Record<ResourceType, Map<string, Resource>> = {
    cluster: new Map(),
    endpoint: new Map(),
    secret: new Map(),
    listener: new Map(),
    route: new Map(),
  };
  for (const resource of resources) {
    if (byName[resource.type].has(resource.name)) faults.push({ resource, message: 'there are two of this name' });
    byName[resource.type].set(resource.name, resource);
  }
  return byName;
}

/** A resource is asked for by its name, and Envoy goes by what stands in it. */
function checkName(resource: Resource, faults: Fault[]): void {
  const { type, name, message } = resource;
  const own = type === 'endpoint' ? (message as ClusterLoadAssignment).cluster_name : (message as Cluster).name;
  if (own !== name) faults.push({ resource, message: `its message has the name "${own}"` });
}
