import type { MeshPort, MeshService } from '../mesh/mesh.ts';
import { type Built, source } from './built.ts';
import { localHttpOptions, noLimits } from './cluster-parts.ts';
import type { Cluster } from './generated/api.ts';
import { localCluster } from './names.ts';
import { sourceMetadata } from './source-metadata.ts';

/** The application behind its own sidecar, on the pod's loopback address. */
export function localApplicationCluster(port: MeshPort, targetPort: number): Built<Cluster> {
  const name = localCluster(port, targetPort);
  return {
    message: {
      name,
      alt_stat_name: name,
      type: 'STATIC',
      connect_timeout: '1s',
      circuit_breakers: noLimits,
      load_assignment: {
        cluster_name: name,
        endpoints: [
          {
            lb_endpoints: [
              { endpoint: { address: { socket_address: { address: loopback(port.service), port_value: targetPort } } } },
            ],
          },
        ],
      },
      typed_extension_protocol_options: localHttpOptions,
      metadata: sourceMetadata(port.service.meta),
    },
    sources: [source('', port.service.meta, port.declaration.at)],
  };
}

/** IPv6's where the pods have no IPv4 address: an application there may listen on IPv6 alone. */
function loopback({ workloads, addresses }: MeshService): string {
  const own = workloads.flatMap((workload) => workload.addresses);
  const known = own.length > 0 ? own : addresses;
  return known.length > 0 && known.every((address) => address.includes(':')) ? '::1' : '127.0.0.1';
}
