import type { Collector } from '../diagnostics/collector.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { Memory } from '../memory.ts';
import { compareText, sortedSet } from '../order.ts';
import type { EndpointSlice, Service, ServicePort } from '../resources/objects.ts';
import type { Backing } from './backing.ts';
import type { MeshPort, MeshService, Workload } from './mesh.ts';
import { knownProtocols, protocolOf } from './protocol.ts';
import { reportAt } from './report-at.ts';

/** The Services of the mesh with what stands behind them, in the order of `backings`. */
export function meshServices(backings: readonly Backing[], memory: Memory): readonly MeshService[] {
  return backings.map((backing) => {
    const { key, service, workloads, slices } = backing;
    // Where pods come and go in the slices alone, the Service stays what it is.
    const listed = namesPorts(backing) ? slices : none;
    return memory.keep(key, [service, workloads, listed], (parts) => meshService(key, service, workloads, listed, parts));
  });
}

const none: readonly EndpointSlice[] = [];

/** Whether it takes the slices to say on which ports the workloads listen. */
function namesPorts({ service, workloads }: Backing): boolean {
  if (!service.selector) return true;
  return service.ports.some(
    ({ targetPort }) => typeof targetPort === 'string' && workloads.some(({ sidecar, namedPorts }) => sidecar && !namedPorts.has(targetPort)),
  );
}

function meshService(
  key: string,
  service: Service,
  backing: readonly Workload[],
  slices: readonly EndpointSlice[],
  collector: Collector,
): MeshService {
  const workloads = backing.filter((workload) => workload.sidecar);
  reportWithoutSidecar(service, backing, collector);
  const result: MeshService & { ports: MeshPort[] } = {
    key,
    namespace: service.meta.namespace,
    name: service.meta.name,
    meta: service.meta,
    headless: service.headless,
    addresses: [...service.clusterIPs].sort(compareAddress),
    ports: [],
    workloads,
    identities: sortedSet(workloads.map((workload) => workload.identity)),
  };
  for (const declaration of service.ports) {
    // Nothing but TCP passes through a sidecar.
    if (declaration.protocol !== 'TCP') continue;
    const { name: protocol, layer, known } = protocolOf(declaration);
    if (!known) reportUnknownProtocol(service, declaration, collector);
    result.ports.push({
      key: `${key}|${declaration.port}`,
      service: result,
      port: declaration.port,
      protocol,
      layer,
      targetPortOf: targetPorts(service, declaration, workloads, slices, collector),
      declaration,
    });
  }
  result.ports.sort((a, b) => a.port - b.port);
  return result;
}

/** Where each workload listens: the target port's number, the container port of that name, or what an EndpointSlice says of the pod. */
function targetPorts(
  service: Service,
  declaration: ServicePort,
  workloads: readonly Workload[],
  slices: readonly EndpointSlice[],
  collector: Collector,
): ReadonlyMap<Workload, number> {
  const { targetPort } = declaration;
  const ports = new Map<Workload, number>();
  const unresolved: Workload[] = [];
  for (const workload of workloads) {
    const declared = typeof targetPort === 'number' ? targetPort : workload.namedPorts.get(targetPort);
    const listed = (): number | undefined => portInSlices(workload, declaration, slices);
    // Without a selector the slices say where to connect, and Kubernetes doesn't look at the target port.
    const port = service.selector ? (declared ?? listed()) : listed();
    if (port === undefined) unresolved.push(workload);
    else ports.set(workload, port);
  }
  reportUnresolved(service, declaration, unresolved, collector);
  return ports;
}

function reportUnresolved(
  service: Service,
  { targetPort, port, name, at }: ServicePort,
  unresolved: readonly Workload[],
  collector: Collector,
): void {
  const [first] = unresolved;
  if (!first) return;
  const pods = unresolved.length === 1 ? first.name : `${first.name} and ${unresolved.length - 1} more`;
  if (service.selector) {
    reportAt(collector, 'SMIC5010', service.meta, [...at, 'targetPort'], {
      message: `no container of ${pods} has a TCP port named "${targetPort}", the target of port ${port} of Service "${service.meta.name}"`,
    });
  } else {
    reportAt(collector, 'SMIC5010', service.meta, at, {
      message: `the endpoints of Service "${service.meta.name}", which has no selector, list no TCP port named "${name}" for ${pods}: nothing answers on port ${port}`,
      fix: 'Give the port of the endpoints the name of the Service port.',
    });
  }
}

function portInSlices(
  workload: Workload,
  declaration: ServicePort,
  slices: readonly EndpointSlice[],
): number | undefined {
  return slices
    .filter(({ endpoints }) =>
      endpoints.some(({ addresses }) => addresses.some((address) => workload.addresses.includes(address))),
    )
    .flatMap(({ ports }) => ports)
    .find((port) => port.name === declaration.name && port.protocol === 'TCP')?.port;
}

function reportUnknownProtocol(service: Service, port: ServicePort, collector: Collector): void {
  const near = suggest(port.appProtocol?.toLowerCase() ?? '', knownProtocols);
  reportAt(collector, 'SMIC5011', service.meta, [...port.at, 'appProtocol'], {
    message: `appProtocol "${port.appProtocol}" of port ${port.port} of Service "${service.meta.name}" isn't known; its traffic passes as bytes`,
    ...(near && { fix: `Did you mean "${near}"? Known are ${knownProtocols.join(', ')}.` }),
  });
}

function reportWithoutSidecar(service: Service, backing: readonly Workload[], collector: Collector): void {
  const bare = backing.filter((workload) => !workload.sidecar);
  const [first] = bare;
  if (!first) return;
  reportAt(collector, 'SMIC5012', first.meta, [], {
    message: `${first.name}${bare.length > 1 ? ` and ${bare.length - 1} more pods` : ''} behind Service "${service.meta.namespace}/${service.meta.name}" ${bare.length > 1 ? 'have' : 'has'} no sidecar: no client in the mesh is sent to ${bare.length > 1 ? 'them' : 'it'}`,
  });
}

function compareAddress(a: string, b: string): number {
  return Number(a.includes(':')) - Number(b.includes(':')) || compareText(a, b);
}
