import { opens } from '../mesh/outbound.ts';
import { groupBy } from '../order.ts';
import { reportAt } from '../mesh/report-at.ts';
import { type Check, check } from './check.ts';

/** Service ports of the mesh that no TrafficTarget opens to anybody. */
export const portsThatNobodyMayCall: Check = check(['settings', 'targets', 'services'], ({ settings, targets, services }, collector) => {
  if (settings.permissive) return;
  const byDestination = groupBy(targets, (target) => target.destination);
  for (const service of services) {
    if (service.identities.length === 0) continue;
    for (const port of service.ports) {
      const opened = service.identities.some((identity) =>
        (byDestination.get(identity) ?? []).some((target) => target.sources.length > 0 && opens(target, port)),
      );
      if (opened) continue;
      reportAt(collector, 'SMIC5015', service.meta, port.declaration.at, {
        message: `nobody may call port ${port.port} (${port.protocol}) of Service "${service.key}"`,
      });
    }
  }
});
