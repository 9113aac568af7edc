import { reportAt } from '../mesh/report-at.ts';
import { type Check, check } from './check.ts';

/** Services whose endpoints are all addresses of nobody in the mesh: databases outside of the cluster, for example. */
export const endpointsOutsideTheMesh: Check = check(['pods', 'podControllers', 'services', 'endpoints'], ({ pods, podControllers, services, endpoints }, collector) => {
  // Without workloads in the input nothing is known of any address.
  if (pods.length + podControllers.length === 0) return;
  for (const service of services) {
    if (service.identities.length > 0) continue;
    const addresses = [...new Set(service.ports.flatMap((port) => (endpoints.get(port) ?? []).map(({ address }) => address)))];
    const [first] = addresses;
    if (first === undefined) continue;
    reportAt(collector, 'SMIC5017', service.meta, ['spec'], {
      message: `Service "${service.key}" leads to ${first}${addresses.length > 1 ? ` and ${addresses.length - 1} more` : ''}, which is no pod of the mesh in namespace "${service.namespace}": nothing is sent there`,
    });
  }
});
