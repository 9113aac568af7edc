import type { TCPRouteV1Alpha1, TCPRouteV1Alpha4, UDPRouteV1Alpha1, UDPRouteV1Alpha4 } from './generated/types.ts';
import type { PortRoute } from './objects.ts';
import type { Reading } from './reading.ts';

/** v1alpha1 to v1alpha3 have no ports yet: all. */
export function readPortlessRoute(_written: TCPRouteV1Alpha1 | UDPRouteV1Alpha1, reading: Reading): PortRoute {
  return { meta: reading.meta, ports: [] };
}

/** v1alpha4. */
export function readPortRoute(written: TCPRouteV1Alpha4 | UDPRouteV1Alpha4, reading: Reading): PortRoute {
  // A port's first place counts.
  const places = new Map<number, PortRoute['ports'][number]>();
  for (const [index, port] of written.spec?.matches?.ports?.entries() ?? []) {
    if (!places.has(port)) places.set(port, { port, at: ['spec', 'matches', 'ports', index] });
  }
  return { meta: reading.meta, ports: [...places.values()] };
}
