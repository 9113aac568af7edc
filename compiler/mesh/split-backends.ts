import type { Collector } from '../diagnostics/collector.ts';
import type { MeshPort } from './mesh.ts';
import { relatedTo, reportAt } from './report-at.ts';
import type { ResolvedBackend, ResolvedSplit } from './splits.ts';

/** A backend and its port of the apex port's number. */
export interface PortBackend extends ResolvedBackend {
  /** Undefined: the backend can't take its share there, which is denied. Only where broken objects are isolated. */
  readonly port: MeshPort | undefined;
}

/**
 * The backends that have the apex's port. Where some with weight have it and others don't, the others are errors. None:
 * the TrafficSplit isn't for this port.
 * @param isolate backends that can't take their share keep it: it is denied, rather than given to the others
 */
export function backendsOnPort(
  { split, backends }: ResolvedSplit,
  port: MeshPort,
  isolate: boolean,
  collector: Collector,
): readonly PortBackend[] {
  const found = backends.map((backend) => ({ ...backend, port: backend.service?.ports.find((candidate) => candidate.port === port.port) }));
  const weighted = found.filter(({ weight }) => weight > 0);
  const known = weighted.filter(({ service }) => service !== undefined);
  // A backend that isn't known has the port if those that are known have it.
  const applies = known.length < weighted.length ? known.every((backend) => backend.port) : known.some((backend) => backend.port);
  if (!applies) return [];
  return found.flatMap((backend) => {
    if (!backend.service) return [backend];
    const fault = backend.port ? protocolFault(backend.port, port) : 'port';
    if (!fault) return [backend];
    const at = ['spec', 'backends', backend.index, 'service'];
    if (fault === 'port') {
      reportAt(collector, backend.weight > 0 ? 'SMIC4004' : 'SMIC4005', split.meta, at, {
        message: `backend Service "${backend.service.key}" has no port ${port.port}, which the apex "${port.service.key}" and other backends have`,
        related: [relatedTo('the backend', backend.service.meta, ['spec', 'ports'])],
      });
      return isolate && backend.weight > 0 ? [backend] : [];
    }
    reportAt(collector, 'SMIC4013', split.meta, at, {
      message: `port ${port.port} is ${fault.protocol} at backend "${backend.service.key}" but ${port.protocol} at the apex "${port.service.key}"`,
      related: [
        relatedTo('the backend', backend.service.meta, fault.declaration.at),
        relatedTo('the apex', port.service.meta, port.declaration.at),
      ],
    });
    if (!isolate) return [backend];
    return backend.weight > 0 ? [{ ...backend, port: undefined }] : [];
  });
}

/** The backend's port where it speaks otherwise than the apex's. */
function protocolFault(backend: MeshPort, apex: MeshPort): MeshPort | undefined {
  return backend.layer === apex.layer ? undefined : backend;
}
