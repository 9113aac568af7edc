import type { Resource, ResourceType } from '../../artifact/artifact.ts';
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
 */
export type ClosureCheck = (resources: readonly Resource[]) => readonly Fault[];

type Say = (resource: Resource, message: string) => void;
type ByName = Readonly<Record<ResourceType, Map<string, Resource>>>;

/** A check that looks each resource over once, however many proxies have it. */
export function closureCheck(): ClosureCheck {
  const inspectListener = listenerInspector();
  const known = new Map<Resource, readonly Facts[]>();
  const factsOf = (resource: Resource): readonly Facts[] => {
    const facts = known.get(resource) ?? inspect(resource, inspectListener);
    known.set(resource, facts);
    return facts;
  };
  return (resources) => {
    const faults: Fault[] = [];
    const say: Say = (resource, message) => faults.push({ resource, message });
    const byName = index(resources, say);
    const usedRoutes = new Set<string>();
    for (const resource of resources) {
      for (const facts of factsOf(resource)) {
        checkReferences(resource, facts, byName, say);
        for (const { name, filters } of facts.routes) {
          const route = byName.route.get(name);
          usedRoutes.add(name);
          if (route) checkFilters(resource, name, filters, factsOf(route), say);
          else say(resource, `it refers to the route configuration "${name}", which isn't there`);
        }
      }
      checkName(resource, say);
      checkEndpoints(resource, byName, say);
    }
    for (const [name, route] of byName.route) if (!usedRoutes.has(name)) say(route, 'no listener refers to it');
    return faults;
  };
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

function index(resources: readonly Resource[], say: Say): ByName {
  const byName: ByName = { cluster: new Map(), endpoint: new Map(), secret: new Map(), listener: new Map(), route: new Map() };
  for (const resource of resources) {
    if (byName[resource.type].has(resource.name)) say(resource, 'there are two of this name');
    byName[resource.type].set(resource.name, resource);
  }
  return byName;
}

function checkReferences(resource: Resource, facts: Facts, byName: ByName, say: Say): void {
  for (const fault of facts.faults) say(resource, fault);
  for (const name of facts.clusters) {
    if (!byName.cluster.has(name)) say(resource, `it refers to the cluster "${name}", which isn't there`);
  }
  for (const name of facts.secrets) {
    if (!byName.secret.has(name)) say(resource, `it refers to the secret "${name}", which isn't there`);
  }
}

function checkFilters(resource: Resource, route: string, filters: readonly string[], facts: readonly Facts[], say: Say): void {
  for (const { configured } of facts) {
    for (const filter of configured) {
      if (!filters.includes(filter)) say(resource, `no HTTP filter reads what "${route}" configures for "${filter}"`);
    }
  }
}

/** A resource is asked for by its name, and Envoy goes by what stands in it. */
function checkName(resource: Resource, say: Say): void {
  const { type, name, message } = resource;
  const own = type === 'endpoint' ? (message as ClusterLoadAssignment).cluster_name : (message as Cluster).name;
  if (own !== name) say(resource, `its message has the name "${own}"`);
}

function checkEndpoints(resource: Resource, byName: ByName, say: Say): void {
  if (resource.type === 'endpoint') {
    if (!byName.cluster.has(resource.name)) say(resource, 'no cluster has these endpoints');
  } else if (resource.type === 'cluster' && (resource.message as Cluster).type === 'EDS') {
    if (!byName.endpoint.has(resource.name)) say(resource, 'its endpoints are not there');
  }
}
