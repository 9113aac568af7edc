import type { Memory } from '../memory.ts';
import { compareText, groupBy } from '../order.ts';
import type { EndpointSlice, Objects, Service } from '../resources/objects.ts';
import type { Membership } from './membership.ts';
import type { Workload } from './mesh.ts';
import { type WorkloadIndex, workloadIndexes } from './workload-index.ts';

/** A Service in a namespace of the mesh, and what the cluster says of what is behind it. */
export interface Backing {
  /** `<namespace>/<name>` */
  readonly key: string;
  readonly service: Service;
  /** With and without a sidecar: by the Service's selector, or without one by the addresses in its slices. Sorted by name. */
  readonly workloads: readonly Workload[];
  readonly slices: readonly EndpointSlice[];
  /** Whose addresses they are that stand in the slices. */
  readonly byAddress: ReadonlyMap<string, Workload>;
}

/** All Services of the mesh; ExternalName Services aren't: nothing of them passes through the mesh. Sorted by namespace and name. */
export function backings(objects: Objects, members: Membership, workloads: readonly Workload[], memory: Memory): readonly Backing[] {
  const slices = memory.keep('slices', [objects.endpointSlices], () => groupBy(objects.endpointSlices, (slice) => `${slice.meta.namespace}/${slice.service}`));
  const indexOf = memory.keep('workloads', [workloads], (parts) => workloadIndexes(workloads, parts));
  return objects.services
    .filter((service) => service.type !== 'ExternalName' && members.joined(service.meta.namespace))
    .map((service) => {
      const key = `${service.meta.namespace}/${service.meta.name}`;
      const own = slices.get(key) ?? noSlices;
      const index = indexOf(service.meta.namespace);
      return memory.keep(key, [service, index, own.length, ...own], (parts) => backing(key, service, own, index, parts));
    });
}

const noSlices: readonly EndpointSlice[] = [];

/** The same as before where only workloads have changed that have nothing to do with it. */
function backing(key: string, service: Service, own: readonly EndpointSlice[], { select, byAddress }: WorkloadIndex, memory: Memory): Backing {
  const slices = memory.same('slices', own);
  const addresses = [...new Set(slices.flatMap((slice) => slice.endpoints.flatMap((endpoint) => endpoint.addresses)))];
  const found = addresses.map((address) => [address, byAddress.get(address)] as const);
  const addressed = memory.keep('addresses', found.flat(), () => new Map(found.filter((entry): entry is readonly [string, Workload] => entry[1] !== undefined)));
  const selected = service.selector
    ? select(service.selector)
    : [...new Set(addressed.values())].sort((a, b) => compareText(a.name, b.name));
  const workloads = memory.same('workloads', selected);
  return memory.keep('backing', [service, workloads, slices, addressed], () => ({ key, service, workloads, slices, byAddress: addressed }));
}
