import { splitIdentity } from '../mesh/identity.ts';
import type { MeshPort } from '../mesh/mesh.ts';
import type { Reach } from '../mesh/outbound.ts';
import type { Settings } from '../mesh/settings.ts';
import { ads } from './ads.ts';
import { type Built, source } from './built.ts';
import { meshHttpOptions, noLimits, roundRobin } from './cluster-parts.ts';
import type { Cluster } from './generated/api.ts';
import { serverName } from './names.ts';
import { sourceMetadata } from './source-metadata.ts';
import type { MeshTls } from './tls.ts';

/** `~` and the service accounts that a client may call, where it may call only some of those behind the port. */
export function reachSuffix({ port, identities }: Reach): string {
  if (identities.length === port.service.identities.length) return '';
  return `~${identities.map((identity) => splitIdentity(identity)[1]).join('+')}`;
}

/** `<namespace>/<service>|<port>`, with the reach's suffix. */
export function upstreamClusterName(reach: Reach): string {
  return reach.port.key + reachSuffix(reach);
}

/** The cluster of a headless Service as its clients dial it, pod by pod. */
export function directClusterName(reach: Reach): string {
  return `${upstreamClusterName(reach)}|direct`;
}

/**
 * A Service port as the sidecars of all of its clients know it: endpoints by EDS, TLS that verifies the identities behind
 * it. With no identity behind it there is nobody to verify: the cluster is there, so that nothing points nowhere, and empty.
 */
export function upstreamCluster(reach: Reach, settings: Settings, tls: MeshTls): Built<Cluster> {
  const { port, identities } = reach;
  const name = upstreamClusterName(reach);
  const common: Cluster = {
    name,
    connect_timeout: '5s',
    circuit_breakers: noLimits,
    load_balancing_policy: roundRobin,
    metadata: sourceMetadata(port.service.meta),
  };
  if (identities.length === 0) {
    return built(port, { ...common, type: 'STATIC', load_assignment: { cluster_name: name } });
  }
  return built(port, {
    ...common,
    type: 'EDS',
    eds_cluster_config: { eds_config: ads },
    typed_extension_protocol_options: meshHttpOptions,
    transport_socket: tls.upstream(identities, serverName(port, settings.clusterDomain)),
  });
}

/**
 * A headless Service as dialled: to the very pod that the client chose, by its address. Which pods there are stands in the
 * listener, so a pod that comes or goes doesn't touch it.
 * @param dialledPort where the pods listen, if that is one port and clients may dial another
 */
export function directCluster(reach: Reach, settings: Settings, tls: MeshTls, dialledPort: number | undefined): Built<Cluster> {
  const { port, identities } = reach;
  return built(port, {
    name: directClusterName(reach),
    type: 'ORIGINAL_DST',
    lb_policy: 'CLUSTER_PROVIDED',
    ...(dialledPort !== undefined && { original_dst_lb_config: { upstream_port_override: dialledPort } }),
    connect_timeout: '5s',
    circuit_breakers: noLimits,
    typed_extension_protocol_options: meshHttpOptions,
    transport_socket: tls.upstream(identities, serverName(port, settings.clusterDomain)),
    metadata: sourceMetadata(port.service.meta),
  });
}

function built(port: MeshPort, message: Cluster): Built<Cluster> {
  return { message, sources: [source('', port.service.meta, port.declaration.at)] };
}
