import type { Collector } from '../diagnostics/collector.ts';
import type { Path } from '../load/document.ts';
import type { Meta } from '../resources/objects.ts';
import type { MeshPort, PortScope } from './mesh.ts';
import { relatedTo, reportAt } from './report-at.ts';

/** No limit. */
export const anyPort: PortScope = { servicePorts: undefined, targetPorts: new Set() };

/** Whether the scope takes in a Service port. */
export function inScope(scope: PortScope, port: MeshPort): boolean {
  return (
    scope.servicePorts === undefined ||
    scope.servicePorts.has(port.port) ||
    port.targetPorts.some((targetPort) => scope.targetPorts.has(targetPort))
  );
}

/**
 * The listed ports as a scope: a number is a Service's port; where no Service of the destination has it, but its pods
 * listen on it, it is taken as that, with a warning (OSM's YAML uses it so).
 * @param ports the destination's Service ports
 */
export function portScope(
  listed: readonly { readonly port: number; readonly at: Path }[],
  listedIn: Meta,
  target: Meta,
  ports: readonly MeshPort[],
  collector: Collector,
): PortScope {
  const servicePorts = new Set<number>();
  const targetPorts = new Set<number>();
  for (const { port, at } of listed) {
    const behind = ports.find((candidate) => candidate.targetPorts.includes(port));
    if (ports.some((candidate) => candidate.port === port)) {
      servicePorts.add(port);
    } else if (behind) {
      targetPorts.add(port);
      reportAt(collector, 'SMIC3107', listedIn, at, {
        message: `${port} isn't a port of a Service but the port on which the pods of "${behind.service.key}" listen; it is taken as Service port ${behind.port}`,
        fix: `Write ${behind.port}.`,
        related: [relatedTo('the TrafficTarget', target), relatedTo('the Service', behind.service.meta, behind.declaration.at)],
      });
    } else {
      servicePorts.add(port);
      if (ports.length > 0) {
        reportAt(collector, 'SMIC3108', listedIn, at, {
          message: `no Service of the destination of TrafficTarget "${target.namespace}/${target.name}" has a port ${port}`,
          related: [relatedTo('the TrafficTarget', target)],
        });
      }
    }
  }
  return { servicePorts, targetPorts };
}
