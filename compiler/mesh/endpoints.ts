import type { Memory } from '../memory.ts';
import { compareText } from '../order.ts';
import type { Service, EndpointSlice } from '../resources/objects.ts';
import type { Backing } from './backing.ts';
import type { MeshPort, MeshService, PortEndpoint, Workload } from './mesh.ts';

/**
 * The addresses that answer for each Service port: from the Service's EndpointSlices where it has any, else from its pods.
 * A pod that visibly has no sidecar is left out: it could not answer the mesh's TLS.
 * @param services of the backings, in their order
 */
export function meshEndpoints(
  services: readonly MeshService[],
  backings: readonly Backing[],
  memory: Memory,
): ReadonlyMap<MeshPort, readonly PortEndpoint[]> {
  const result = new Map<MeshPort, readonly PortEndpoint[]>();
  for (const [index, { ports }] of services.entries()) {
    const backing = backings[index];
    if (!backing) continue;
    for (const port of ports) result.set(port, memory.keep(port, [backing], () => portEndpoints(port, backing)));
  }
  return result;
}

function portEndpoints(port: MeshPort, { service, slices, workloads, byAddress }: Backing): readonly PortEndpoint[] {
  const found = slices.length > 0 ? slices.flatMap((slice) => sliceEndpoints(slice, port, byAddress)) : podEndpoints(service, port, workloads);
  const distinct = new Map(found.map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint]));
  return [...distinct.values()].sort((a, b) => compareText(a.address, b.address) || a.port - b.port);
}

function sliceEndpoints(slice: EndpointSlice, { declaration }: MeshPort, byAddress: Backing['byAddress']): readonly PortEndpoint[] {
  const port = slice.ports.find(({ name, protocol }) => name === declaration.name && protocol === 'TCP')?.port;
  if (port === undefined) return [];
  return slice.endpoints
    .filter((endpoint) => endpoint.ready)
    .flatMap((endpoint) =>
      endpoint.addresses.flatMap((address) => {
        const workload = byAddress.get(address);
        if (workload && !workload.sidecar) return [];
        return [{ address, port, identity: workload?.identity, zone: endpoint.zone }];
      }),
    );
}

function podEndpoints(service: Service, { targetPortOf }: MeshPort, backing: readonly Workload[]): readonly PortEndpoint[] {
  return backing
    .filter((workload) => (workload.ready || service.publishNotReadyAddresses) && !workload.terminating)
    .flatMap((workload) => {
      const port = targetPortOf.get(workload);
      if (port === undefined) return [];
      return workload.addresses.map((address) => ({ address, port, identity: workload.identity, zone: undefined }));
    });
}
