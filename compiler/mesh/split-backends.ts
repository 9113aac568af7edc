import type { Collector } from '../diagnostics/collector.ts';
import type { MeshPort } from './mesh.ts';
import { relatedTo, reportAt } from './report-at.ts';
import type { ResolvedBackend, ResolvedSplit } from './splits.ts';

/** A backend and its port of the apex port's number. */
export interface PortBackend extends ResolvedBackend {
  readonly port: MeshPort;
}

/** The backends that have the apex's port. Where some with weight have it and others don't, the others are errors. */
export function backendsOnPort(
  { split, backends }: ResolvedSplit,
  port: MeshPort,
  collector: Collector,
): readonly PortBackend[] {
  const withPort = backends.flatMap((backend) => {
    const found = backend.service.ports.find((candidate) => candidate.port === port.port);
    return found ? [{ ...backend, port: found }] : [];
  });
  if (!withPort.some((backend) => backend.weight > 0)) return [];
  for (const backend of backends) {
    const at = ['spec', 'backends', backend.index, 'service'];
    const found = withPort.find(({ index }) => index === backend.index)?.port;
    if (!found) {
      reportAt(collector, backend.weight > 0 ? 'SMIC4004' : 'SMIC4005', split.meta, at, {
        message: `backend Service "${backend.service.key}" has no port ${port.port}, which the apex "${port.service.key}" and other backends have`,
        related: [relatedTo('the backend', backend.service.meta, ['spec', 'ports'])],
      });
    } else if (found.layer !== port.layer) {
      reportAt(collector, 'SMIC4013', split.meta, at, {
        message: `port ${port.port} is ${found.protocol} at backend "${backend.service.key}" but ${port.protocol} at the apex "${port.service.key}"`,
        related: [
          relatedTo('the backend', backend.service.meta, found.declaration.at),
          relatedTo('the apex', port.service.meta, port.declaration.at),
        ],
      });
    }
  }
  return withPort;
}
