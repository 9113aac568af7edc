import type { EndpointSlice, Service, ServicePort } from '../resources/objects.ts';
import type { PortEndpoint, Workload } from './mesh.ts';
import { compareText } from '../order.ts';
import type { WorkloadsByAddress } from './workloads-by-address.ts';

/**
 * The addresses that answer for a Service's port: from its EndpointSlices where it has any, else from its pods.
 * A pod that visibly has no sidecar is left out: it could not answer the mesh's TLS.
 */
export function portEndpoints(
  service: Service,
  declaration: ServicePort,
  slices: readonly EndpointSlice[],
  backing: readonly Workload[],
  targetPortOf: ReadonlyMap<Workload, number>,
  byAddress: WorkloadsByAddress,
): readonly PortEndpoint[] {
  const found =
    slices.length > 0
      ? slices.flatMap((slice) => sliceEndpoints(slice, service, declaration, byAddress))
      : podEndpoints(service, backing, targetPortOf);
  const distinct = new Map(found.map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint]));
  return [...distinct.values()].sort((a, b) => compareText(a.address, b.address) || a.port - b.port);
}

function sliceEndpoints(
  slice: EndpointSlice,
  service: Service,
  declaration: ServicePort,
  byAddress: WorkloadsByAddress,
): readonly PortEndpoint[] {
  const port = slice.ports.find(({ name, protocol }) => name === declaration.name && protocol === 'TCP')?.port;
  if (port === undefined) return [];
  return slice.endpoints
    .filter((endpoint) => endpoint.ready)
    .flatMap((endpoint) =>
      endpoint.addresses.flatMap((address) => {
        const workload = byAddress.get(`${service.meta.namespace}/${address}`);
        if (workload && !workload.sidecar) return [];
        return [{ address, port, identity: workload?.identity, zone: endpoint.zone }];
      }),
    );
}

function podEndpoints(
  service: Service,
  backing: readonly Workload[],
  targetPortOf: ReadonlyMap<Workload, number>,
): readonly PortEndpoint[] {
  return backing
    .filter((workload) => (workload.ready || service.publishNotReadyAddresses) && !workload.terminating)
    .flatMap((workload) => {
      const port = targetPortOf.get(workload);
      if (port === undefined) return [];
      return workload.addresses.map((address) => ({ address, port, identity: workload.identity, zone: undefined }));
    });
}
