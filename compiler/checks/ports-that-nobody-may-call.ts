import { opens } from '../mesh/outbound.ts';
import { groupBy } from '../order.ts';
import { reportAt } from '../mesh/report-at.ts';
import type { Check } from './check.ts';

/** Service ports of the mesh that no TrafficTarget opens to anybody. */
export const portsThatNobodyMayCall: Check = ({ mesh }, collector) => {
  if (mesh.settings.permissive) return;
  const targets = groupBy(mesh.targets, (target) => target.destination);
  for (const service of mesh.services) {
    if (service.identities.length === 0) continue;
    for (const port of service.ports) {
      const opened = service.identities.some((identity) =>
        (targets.get(identity) ?? []).some((target) => target.sources.length > 0 && opens(target, port)),
      );
      if (opened) continue;
      reportAt(collector, 'SMIC5015', service.meta, port.declaration.at, {
        message: `nobody may call port ${port.port} (${port.protocol}) of Service "${service.key}"`,
      });
    }
  }
};
