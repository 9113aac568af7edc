import type { Cluster } from '../generated/api.ts';
import { type Facts, faultsWhere, together } from './facts.ts';
import { tlsFacts } from './tls-facts.ts';

/** What is wrong in a cluster, and the secrets that it needs. */
export function clusterFacts(cluster: Cluster): Facts {
  const assignment = cluster.load_assignment?.cluster_name;
  const mesh = cluster.type === 'EDS';
  return together([
    tlsFacts(cluster.transport_socket, 'server'),
    faultsWhere(
      [mesh && cluster.transport_socket === undefined, 'it would send plaintext to other pods'],
      [mesh && cluster.load_assignment !== undefined, 'it has endpoints of its own and asks for them too'],
      [assignment !== undefined && assignment !== cluster.name, `its endpoints are those of "${assignment}"`],
    ),
  ]);
}
