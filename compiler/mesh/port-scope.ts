import type { Collector } from '../diagnostics/collector.ts';
import type { Path } from '../load/document.ts';
import type { Meta } from '../resources/objects.ts';
import type { Identity, MeshPort, PortScope } from './mesh.ts';
import { relatedTo, reportAt } from './report-at.ts';

/** No limit. */
export const anyPort: PortScope = { servicePorts: undefined, behind: new Set() };

/** Nothing at all. */
export const noPort: PortScope = { servicePorts: new Set(), behind: new Set() };

/** Whether the scope takes in a Service port. */
export function inScope(scope: PortScope, port: MeshPort): boolean {
  return scope.servicePorts === undefined || scope.servicePorts.has(port.port) || scope.behind.has(port);
}

/**
 * The listed ports as a scope: a number is a Service's port; where no Service of the destination has it, but its pods
 * listen on it, it is taken as the Service ports before that, with a warning (OSM's YAML uses it so).
 * @param ports the destination's Service ports: other identities may stand behind them too
 * @param allKnown false: a broken Service of the namespace could have the number as its port, so it means nothing else
 */
export function portScope(
  listed: readonly { readonly port: number; readonly at: Path }[],
  listedIn: Meta,
  target: Meta,
  destination: Identity,
  ports: readonly MeshPort[],
  allKnown: boolean,
  collector: Collector,
): PortScope {
  const servicePorts = new Set<number>();
  const behind = new Set<MeshPort>();
  for (const { port, at } of listed) {
    if (!allKnown || ports.some((candidate) => candidate.port === port)) {
      servicePorts.add(port);
      continue;
    }
    const before = ports.filter((candidate) =>
      [...candidate.targetPortOf].some(([workload, targetPort]) => workload.identity === destination && targetPort === port),
    );
    const [first] = before;
    if (first) {
      for (const candidate of before) behind.add(candidate);
      reportAt(collector, 'SMIC3107', listedIn, at, {
        message: `${port} isn't a port of a Service but the port on which the pods of "${first.service.key}" listen; it is taken as Service port ${first.port}`,
        fix: `Write ${first.port}.`,
        related: [relatedTo('the TrafficTarget', target), relatedTo('the Service', first.service.meta, first.declaration.at)],
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
  return { servicePorts, behind };
}
