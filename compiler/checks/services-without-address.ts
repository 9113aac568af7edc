import { reportAt } from '../mesh/report-at.ts';
import { type Check, check } from './check.ts';

/** Services that no client can be told to reach, since the input gives them no address. */
export const servicesWithoutAddress: Check = check(['services', 'dials', 'endpoints'], ({ services, dials, endpoints }, collector) => {
  for (const service of services) {
    if (service.ports.length === 0 || service.ports.some((port) => dials.has(port) && dials.get(port)?.length)) continue;
    // Pods that it has are dialled for another Service then, which has been reported.
    if (service.headless && service.ports.some((port) => endpoints.get(port)?.some(({ identity }) => identity !== undefined))) continue;
    const lacks = service.headless ? 'no endpoints that are pods' : 'no cluster IP';
    reportAt(collector, 'SMIC5014', service.meta, ['spec'], {
      message: `Service "${service.key}" has ${lacks} in the input: clients get no way to it`,
    });
  }
});
