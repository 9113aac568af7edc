import type { Dial } from '../mesh/mesh.ts';
import type { Outbound } from '../mesh/outbound.ts';
import { type Built, source } from './built.ts';
import type { CidrRange, FilterChain, NetworkFilter } from './generated/api.ts';
import type { HttpConnectionManagers } from './http-connection-manager.ts';
import { unresolvedCluster } from './names.ts';
import { outboundRouteName, shareCluster } from './outbound-route.ts';
import { sourceMetadata } from './source-metadata.ts';
import { outboundTcpProxy } from './tcp-proxy.ts';

/** The filter chain for what clients dial to reach a Service port. */
export function outboundChain(outbound: Outbound, dial: Dial, managers: HttpConnectionManagers): Built<FilterChain> {
  const { port, branches } = outbound.routing;
  const metas = [port.service.meta, ...(port.layer === 'tcp' ? (branches.at(-1)?.splits ?? []) : [])];
  return {
    message: {
      name: chainName(outbound, dial),
      filter_chain_match: { destination_port: dial.port, prefix_ranges: dial.addresses.map(hostRange) },
      filters: [
        port.layer === 'http' ? managers.outbound(outboundRouteName(outbound)) : tcpProxy(outbound),
      ],
      metadata: sourceMetadata(...metas),
    },
    sources: [source('', port.service.meta, port.declaration.at), ...metas.slice(1).map((meta) => source('', meta))],
  };
}

/** `outbound_<namespace>/<service>_<port>_<protocol>`; `~<dialled port>` where that is another. */
function chainName({ routing: { port } }: Outbound, dial: Dial): string {
  const dialled = dial.port === port.port ? '' : `~${dial.port}`;
  return `outbound_${port.service.key}_${port.port}${dialled}_${port.protocol}`;
}

function tcpProxy(outbound: Outbound): NetworkFilter {
  const { port, branches } = outbound.routing;
  const { shares = [], denied = 0 } = branches.at(-1) ?? {};
  const clusters = shares
    .filter(({ weight }) => weight > 0)
    .map((share) => ({
      name: shareCluster(outbound, outbound.reach.get(share.port) ?? { port: share.port, identities: [] }),
      weight: share.weight,
    }));
  if (denied > 0) clusters.push({ name: unresolvedCluster, weight: denied });
  return outboundTcpProxy(`outbound.${port.key}`, clusters);
}

function hostRange(address: string): CidrRange {
  return { address_prefix: address, prefix_len: address.includes(':') ? 128 : 32 };
}
