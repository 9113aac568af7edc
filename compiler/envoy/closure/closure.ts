import type { Resource } from '../../artifact/artifact.ts';
import type { Cluster, Listener, RouteConfiguration } from '../generated/api.ts';
import { clusterFacts } from './cluster-facts.ts';
import { type Facts, noFacts, repeated } from './facts.ts';
import { listenerInspector } from './listener-facts.ts';
import { configuredFilters, routeFacts } from './route-facts.ts';

/** A fault in the configuration of one proxy. */
export interface Fault {
  readonly resource: Pick<Resource, 'type' | 'name' | 'sources'>;
  readonly message: string;
}

/**
 * Says what is wrong with all the resources of one proxy although Envoy would take them: references that lead nowhere,
 * names in use twice, resources that nobody refers to, TLS and RBAC that protect nothing.
 * Source: what a real Envoy 1.40 was seen to accept.
 */
export type ClosureCheck = (resources: readonly Resource[]) => readonly Fault[];

/** A check that looks each resource over once, however many proxies have it. */
export function closureCheck(): ClosureCheck {
  const inspectListener = listenerInspector();
  const known = new Map<Resource, Facts>();
  const factsOf = (resource: Resource): Facts => {
    const facts = known.get(resource) ?? inspect(resource, inspectListener);
    known.set(resource, facts);
    return facts;
  };
  return (resources) => {
    const faults: Fault[] = [];
    const names = namesByType(resources, faults);
    const usedRoutes = new Set<string>();
    const routesByName = new Map(
      resources.filter(({ type }) => type === 'route').map((resource) => [resource.name, resource]),
    );
    for (const resource of resources) {
      const facts = factsOf(resource);
      const say = (message: string): number => faults.push({ resource, message });
      facts.faults.forEach(say);
      for (const name of facts.clusters) if (!names.cluster.has(name)) say(`it refers to the cluster "${name}", which isn't there`);
      for (const name of facts.secrets) if (!names.secret.has(name)) say(`it refers to the secret "${name}", which isn't there`);
      for (const use of facts.routes) {
        usedRoutes.add(use.name);
        const route = routesByName.get(use.name);
        if (!route) say(`it refers to the route configuration "${use.name}", which isn't there`);
        else for (const filter of missingFilters(route, use.filters)) say(`no HTTP filter reads what "${use.name}" configures for "${filter}"`);
      }
      if (resource.type === 'cluster' && isEds(resource) && !names.endpoint.has(resource.name)) say('its endpoints are not there');
      if (resource.type === 'endpoint' && !names.cluster.has(resource.name)) say('no cluster has these endpoints');
    }
    for (const [name, resource] of routesByName) {
      if (!usedRoutes.has(name)) faults.push({ resource, message: 'no listener refers to it' });
    }
    return faults;
  };
}

function inspect(resource: Resource, inspectListener: (listener: Listener) => Facts): Facts {
  switch (resource.type) {
    case 'listener':
      return inspectListener(resource.message as Listener);
    case 'cluster':
      return clusterFacts(resource.message as Cluster);
    case 'route':
      return routeFacts(resource.message as RouteConfiguration);
    case 'endpoint':
    case 'secret':
      return noFacts;
  }
}

function namesByType(
  resources: readonly Resource[],
  faults: Fault[],
): Readonly<Record<'cluster' | 'secret' | 'endpoint', ReadonlySet<string>>> {
  const of = (type: Resource['type']): readonly Resource[] => resources.filter((resource) => resource.type === type);
  for (const type of ['cluster', 'endpoint', 'secret', 'listener', 'route'] as const) {
    for (const name of repeated(of(type).map((resource) => resource.name))) {
      faults.push({ resource: { type, name, sources: [] }, message: 'there are two of this name' });
    }
  }
  const names = (type: Resource['type']): ReadonlySet<string> => new Set(of(type).map((resource) => resource.name));
  return { cluster: names('cluster'), secret: names('secret'), endpoint: names('endpoint') };
}

function missingFilters(route: Resource, filters: readonly string[]): readonly string[] {
  return configuredFilters(route.message as RouteConfiguration).filter((name) => !filters.includes(name));
}

function isEds(resource: Resource): boolean {
  return (resource.message as Cluster).type === 'EDS';
}
