import type { Endpoints as WrittenEndpoints } from './generated/types.ts';
import { readIP } from './ip.ts';
import { compareText } from '../order.ts';
import type { Endpoint, EndpointSlice, Meta } from './objects.ts';
import type { Reading } from './reading.ts';

/** An Endpoints object: each of its subsets in the shape of a slice. */
export interface Endpoints {
  readonly meta: Meta;
  readonly subsets: readonly EndpointSlice[];
}

type WrittenSubset = NonNullable<WrittenEndpoints['subsets']>[number];

export function readEndpoints(written: WrittenEndpoints, reading: Reading): Endpoints {
  const { meta } = reading;
  return {
    meta,
    subsets: (written.subsets ?? []).map((subset, index) => ({
      meta,
      service: meta.name,
      ports: (subset.ports ?? []).map(({ name, port, protocol }) => ({ name: name ?? '', port, protocol: protocol ?? 'TCP' })),
      endpoints: [
        ...readAddresses(subset.addresses, true, ['subsets', index, 'addresses'], reading),
        ...readAddresses(subset.notReadyAddresses, false, ['subsets', index, 'notReadyAddresses'], reading),
      ],
    })),
  };
}

function readAddresses(
  written: WrittenSubset['addresses'],
  ready: boolean,
  path: readonly (string | number)[],
  reading: Reading,
): readonly Endpoint[] {
  return (written ?? []).map(({ ip, hostname, targetRef }, index) => {
    const address = readIP(reading, ip, [...path, index, 'ip']);
    return {
      addresses: address === undefined ? [] : [address],
      ready,
      hostname: hostname || undefined,
      pod: (targetRef?.kind === 'Pod' && targetRef.name) || undefined,
      zone: undefined,
    };
  });
}

/** The slices, and the subsets of those Endpoints objects whose Service has no slice. Sorted by namespace, then name. */
export function mergeEndpoints(slices: readonly EndpointSlice[], endpoints: readonly Endpoints[]): readonly EndpointSlice[] {
  const sliced = new Set(slices.map(({ meta, service }) => `${meta.namespace}/${service}`));
  const rest = endpoints.filter(({ meta }) => !sliced.has(`${meta.namespace}/${meta.name}`));
  if (rest.length === 0) return slices;
  return [...slices, ...rest.flatMap(({ subsets }) => subsets)].sort(
    (a, b) => compareText(a.meta.namespace, b.meta.namespace) || compareText(a.meta.name, b.meta.name),
  );
}
