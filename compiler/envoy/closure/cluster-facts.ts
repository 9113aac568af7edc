import type { Cluster } from '../generated/api.ts';
import { passthroughCluster } from '../names.ts';
import { type Facts, faultsWhere } from './facts.ts';
import { tlsFacts } from './tls-facts.ts';

/** What is wrong in a cluster, and the secrets that it needs. */
export function clusterFacts(cluster: Cluster, facts: Facts): void {
  const leavesPod = cluster.type === 'EDS' || (cluster.type === 'ORIGINAL_DST' && cluster.name !== passthroughCluster);
  const assignment = cluster.load_assignment?.cluster_name;
  if (cluster.transport_socket) tlsFacts(cluster.transport_socket, 'server', facts);
  faultsWhere(
    facts,
    [leavesPod && !cluster.transport_socket, 'it would send plaintext to other pods'],
    [cluster.type === 'EDS' && assignment !== undefined, 'it has endpoints of its own and asks for them too'],
    [assignment !== undefined && assignment !== cluster.name, 'its endpoints are those of another cluster'],
  );
}
