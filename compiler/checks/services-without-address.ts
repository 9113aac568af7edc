import { reportAt } from '../mesh/report-at.ts';
import type { Check } from './check.ts';

/** Services that no client can be told to reach, since the input gives them no address. */
export const servicesWithoutAddress: Check = ({ mesh }, collector) => {
  for (const service of mesh.services) {
    if (service.ports.length === 0 || service.ports.some((port) => mesh.dials.has(port) && mesh.dials.get(port)?.length)) continue;
    // Pods that it has are dialled for another Service then, which has been reported.
    if (service.headless && service.ports.some((port) => port.endpoints.some(({ identity }) => identity !== undefined))) continue;
    const lacks = service.headless ? 'no endpoints that are pods' : 'no cluster IP';
    reportAt(collector, 'SMIC5014', service.meta, ['spec'], {
      message: `Service "${service.key}" has ${lacks} in the input: clients get no way to it`,
    });
  }
};
