import type { Listener } from './generated/api.ts';

/** All addresses of the pod: IPv4, and IPv6 where the mesh has any (on a machine without it the listener would fail). */
export function listenOn(port: number, ipv6: boolean): Pick<Listener, 'address' | 'additional_addresses'> {
  return {
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    ...(ipv6 && { additional_addresses: [{ address: { socket_address: { address: '::', port_value: port } } }] }),
  };
}
