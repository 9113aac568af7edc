import type { PortEndpoint } from '../mesh/mesh.ts';
import type { Reach } from '../mesh/outbound.ts';
import type { Settings } from '../mesh/settings.ts';
import { type Built, source } from './built.ts';
import type { ClusterLoadAssignment } from './generated/api.ts';
import { upstreamClusterName } from './upstream-cluster.ts';

/**
 * The addresses behind an upstream cluster; where a client may call only some identities, theirs only. An address whose
 * pod isn't in the input is left out then, and else trusted to TLS, which verifies who answers.
 */
export function endpoints(reach: Reach, addresses: readonly PortEndpoint[], settings: Settings): Built<ClusterLoadAssignment> {
  const { port, identities } = reach;
  const some = identities.length < port.service.identities.length;
  const reached = settings.endpointsOpen
    ? []
    : addresses.filter(({ identity }) =>
        identity === undefined ? !some : identities.includes(identity),
      );
  return {
    message: {
      cluster_name: upstreamClusterName(reach),
      ...(reached.length > 0 && {
        endpoints: [
          {
            lb_endpoints: reached.map((endpoint) => ({
              endpoint: {
                address: { socket_address: { address: endpoint.address, port_value: endpoint.port } },
              },
            })),
          },
        ],
      }),
    },
    sources: [source('', port.service.meta)],
  };
}
