import type { Memory } from '../memory.ts';
import type { CompilerOptions } from '../options.ts';
import type { Objects } from '../resources/objects.ts';
import { backings } from './backing.ts';
import { workloadClasses } from './classes.ts';
import { dials } from './dials.ts';
import { meshEndpoints } from './endpoints.ts';
import { knownIdentities } from './known-identities.ts';
import { membership } from './membership.ts';
import type { Identity, Mesh, MeshPort } from './mesh.ts';
import { groupBy } from '../order.ts';
import { routings } from './routing.ts';
import { meshServices } from './services.ts';
import { meshSettings } from './settings.ts';
import { resolvedSplits } from './splits.ts';
import { accessTargets } from './targets.ts';
import { workloadsOf } from './workloads.ts';

/**
 * The catalog of what the objects mean; what doesn't hold together is reported. What a change of the objects doesn't touch
 * is the same object as in the catalog before.
 */
export function buildMesh(objects: Objects, options: CompilerOptions, memory: Memory): Mesh {
  const { pods, podControllers, services: declared, endpointSlices, trafficTargets, trafficSplits, httpRouteGroups, tcpRoutes, udpRoutes, rejected } = objects;
  const settings = memory.part('settings', (parts) => meshSettings(objects, options, parts));
  const members = memory.part('members', (parts) => membership(objects, options, parts));
  const workloads = memory.keep('workloads', [pods, podControllers, members], (parts) => parts.same('all', workloadsOf(objects, members, parts)));
  const backing = memory.keep('backing', [declared, endpointSlices, members, workloads], (parts) => parts.same('all', backings(objects, members, workloads, parts)));
  const services = memory.keep('services', [backing], (parts) => parts.same('all', meshServices(backing, parts)));
  const endpoints = memory.keep('endpoints', [services, backing], (parts) => meshEndpoints(services, backing, parts));
  const identities = memory.part('identities', (parts) => knownIdentities(objects, parts));
  const portsOf = memory.keep('ports', [services], (parts) => portsByIdentity(services, parts));
  const targets = memory.keep('targets', [trafficTargets, httpRouteGroups, tcpRoutes, udpRoutes, rejected, members, identities, portsOf, options], (parts) =>
    accessTargets(objects, members, identities, portsOf, options, parts),
  );
  const splits = memory.keep('splits', [trafficSplits, declared, httpRouteGroups, rejected, services, members, options], (parts) =>
    resolvedSplits(objects, services, members, options, parts),
  );
  const podsKnown = options.isolate || workloads.some(({ addresses }) => addresses.length > 0);
  const headless = services.flatMap((service) => (service.headless ? service.ports.map((port) => endpoints.get(port)) : []));
  return {
    settings,
    services,
    classes: memory.keep('classes', [workloads, services], (parts) => parts.same('all', workloadClasses(workloads, services, parts))),
    targets,
    routings: memory.keep('routings', [services, splits, options], (parts) => {
      const all = routings(services, splits, options.isolate, parts);
      return parts.keep('all', [...all.values()], () => all);
    }),
    endpoints,
    dials: memory.keep('dials', [services, podsKnown, ...headless], (parts) => dials(services, endpoints, podsKnown, parts)),
  };
}

function portsByIdentity(services: Mesh['services'], memory: Memory): (identity: Identity) => readonly MeshPort[] {
  const groups = groupBy(
    services.flatMap((service) => service.identities.map((identity) => ({ identity, service }))),
    ({ identity }) => identity,
  );
  const ports = new Map([...groups].map(([identity, own]) => [identity, memory.same(identity, own.flatMap(({ service }) => service.ports))]));
  return (identity) => ports.get(identity) ?? none;
}

const none: readonly MeshPort[] = [];
