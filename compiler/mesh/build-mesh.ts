import type { Collector } from '../diagnostics/collector.ts';
import type { CompileOptions } from '../options.ts';
import type { Objects } from '../resources/objects.ts';
import { workloadClasses } from './classes.ts';
import { dials } from './dials.ts';
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

/** The catalog of what the objects mean; what doesn't hold together is reported. */
export function buildMesh(objects: Objects, options: CompileOptions, collector: Collector): Mesh {
  const settings = meshSettings(objects, options, collector);
  const members = membership(objects, options, collector);
  const workloads = workloadsOf(objects, members);
  const services = meshServices(objects, members, workloads, collector);
  const portsOf = portsByIdentity(services);
  const targets = accessTargets(objects, members, knownIdentities(objects), portsOf, options, collector);
  const splits = resolvedSplits(objects, services, members, options, collector);
  return {
    settings,
    services,
    classes: workloadClasses(workloads, services),
    targets,
    routings: routings(services, splits, collector),
    dials: dials(services, workloads.some(({ addresses }) => addresses.length > 0), collector),
  };
}

function portsByIdentity(services: Mesh['services']): (identity: Identity) => readonly MeshPort[] {
  const ports = groupBy(
    services.flatMap((service) => service.identities.map((identity) => ({ identity, service }))),
    ({ identity }) => identity,
  );
  return (identity) => (ports.get(identity) ?? []).flatMap(({ service }) => service.ports);
}
