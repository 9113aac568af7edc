import type { EndpointSliceV1, EndpointSliceV1Beta1 } from './generated/types.ts';
import { readIPs } from './ip.ts';
import { isName } from './names.ts';
import type { Endpoint, EndpointSlice } from './objects.ts';
import { fault, type Reading } from './reading.ts';

type Written = EndpointSliceV1 | EndpointSliceV1Beta1;
type WrittenEndpoint = NonNullable<EndpointSliceV1['endpoints']>[number] | NonNullable<EndpointSliceV1Beta1['endpoints']>[number];

const serviceLabel = 'kubernetes.io/service-name';

/** discovery.k8s.io/v1 and v1beta1. Undefined where no Service is named. */
export function readEndpointSlice(written: Written, reading: Reading): EndpointSlice | undefined {
  const service = reading.meta.labels[serviceLabel] ?? '';
  if (!isName(service, 'label')) {
    fault(reading, 'SMIC2012', ['metadata', 'labels'], `EndpointSlice "${reading.meta.name}" names no Service in its label ${serviceLabel}; it isn't used`);
    return undefined;
  }
  const endpoints: readonly WrittenEndpoint[] = written.addressType === 'FQDN' ? [] : (written.endpoints ?? []);
  return {
    meta: reading.meta,
    service,
    ports: (written.ports ?? []).map(({ name, port, protocol }) => ({
      name: name ?? '',
      port: port ?? undefined,
      protocol: protocol ?? 'TCP',
    })),
    endpoints: endpoints.map((endpoint, index) => readEndpoint(endpoint, index, reading)),
  };
}

function readEndpoint(written: WrittenEndpoint, index: number, reading: Reading): Endpoint {
  const { addresses, conditions, hostname, targetRef } = written;
  const zone = 'zone' in written ? written.zone : 'topology' in written ? written.topology?.['topology.kubernetes.io/zone'] : undefined;
  return {
    addresses: readIPs(reading, addresses, ['endpoints', index, 'addresses']),
    // Kubernetes: an unknown state is to be taken as ready.
    ready: conditions?.ready ?? conditions?.terminating !== true,
    hostname: hostname || undefined,
    pod: (targetRef?.kind === 'Pod' && targetRef.name) || undefined,
    zone: zone || undefined,
  };
}
