import type { Identity, MeshPort } from '../mesh/mesh.ts';
import type { Settings } from '../mesh/settings.ts';
import { type Built, source, within } from './built.ts';
import type { FilterChain, NetworkFilter, RBAC, TransportSocket } from './generated/api.ts';
import type { HttpConnectionManagers } from './http-connection-manager.ts';
import { localCluster, meshProtocol, serverName } from './names.ts';
import type { AccessRules } from './rbac.ts';
import { sourceMetadata } from './source-metadata.ts';
import { inboundTcpProxy } from './tcp-proxy.ts';
import type { MeshTls } from './tls.ts';

/** What inbound chains are made with. */
export interface InboundParts {
  readonly settings: Settings;
  readonly tls: MeshTls;
  readonly rules: AccessRules;
  readonly managers: HttpConnectionManagers;
}

/** The filter chain of an HTTP port: any identity of the mesh may connect, and each request is judged. */
export function inboundHttpChain(
  port: MeshPort,
  targetPort: number,
  name: string,
  routeConfiguration: string,
  { settings, tls, managers }: InboundParts,
): Built<FilterChain> {
  const message = chain(port, targetPort, name, tls.anyIdentity, [managers.inbound(routeConfiguration)], settings);
  return { message, sources: [source('', port.service.meta, port.declaration.at)] };
}

/**
 * The filter chain of a TCP port: only the identities that may call it get through the TLS handshake. Undefined where
 * nobody may.
 */
export function inboundTcpChain(
  port: MeshPort,
  targetPort: number,
  name: string,
  destination: Identity,
  { settings, tls, rules }: InboundParts,
): Built<FilterChain> | undefined {
  const allowed = rules.tcpSources(port, destination);
  if (allowed.length === 0 && !settings.permissive) return undefined;
  const policy = rules.tcp(port, destination);
  const socket = settings.permissive ? tls.anyIdentity : tls.downstream(allowed);
  const filters = [networkRbac(policy.message), inboundTcpProxy(`inbound.${port.key}`, localCluster(port, targetPort))];
  return {
    message: chain(port, targetPort, name, socket, filters, settings),
    sources: [
      source('', port.service.meta, port.declaration.at),
      ...within('/filters/0/typed_config/rules', policy.sources),
    ],
  };
}

function chain(
  port: MeshPort,
  targetPort: number,
  name: string,
  socket: TransportSocket,
  filters: readonly NetworkFilter[],
  settings: Settings,
): FilterChain {
  return {
    name,
    filter_chain_match: {
      destination_port: targetPort,
      server_names: [serverName(port, settings.clusterDomain)],
      transport_protocol: 'tls',
      application_protocols: [meshProtocol],
    },
    filters,
    transport_socket: socket,
    // Nor one whose TLS handshake never ends.
    transport_socket_connect_timeout: '10s',
    metadata: sourceMetadata(port.service.meta),
  };
}

function networkRbac(rules: RBAC): NetworkFilter {
  return {
    name: 'envoy.filters.network.rbac',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.network.rbac.v3.RBAC',
      stat_prefix: 'network-',
      rules,
      // The same again, for their side effect: only shadow rules leave the policy's name for the access log.
      shadow_rules: rules,
    },
  };
}
