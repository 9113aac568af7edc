import type { SourceEntry } from '../artifact/artifact.ts';
import type { Settings } from '../mesh/settings.ts';
import { unmatchedLog } from './access-log.ts';
import { type Built, within } from './built.ts';
import type { FilterChain, Listener, ListenerFilter, ListenerFilterChainMatchPredicate } from './generated/api.ts';
import type { HttpConnectionManagers } from './http-connection-manager.ts';
import { listenOn } from './listen-address.ts';
import { blackholeCluster, inboundPort, outboundListener, outboundPort, passthroughCluster } from './names.ts';
import { outboundTcpProxy } from './tcp-proxy.ts';

/** Finds what the application dialled before the connection was redirected to the sidecar. */
export const originalDestination: ListenerFilter = {
  name: 'envoy.filters.listener.original_dst',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.original_dst.v3.OriginalDst' },
};

/** Chains that don't belong to a Service, once for all proxies of a mesh. */
export interface OutboundEnds {
  /** Answers HTTP with 403, for each dialled port and for all others: Envoy doesn't go back from a port's chains to those of no port. */
  denied(port: number | undefined): FilterChain;
  /** Keeps a sidecar from connecting to its own listeners; for a port whose chains would hide the one for all ports. */
  loopback(port: number | undefined): FilterChain;
  readonly passthrough: FilterChain;
}

export function outboundEnds(managers: HttpConnectionManagers): OutboundEnds {
  const denied = new Map<number | undefined, FilterChain>();
  return {
    denied(port) {
      const chain = denied.get(port) ?? deniedChain(port, managers);
      denied.set(port, chain);
      return chain;
    },
    loopback: loopbackChain,
    passthrough: {
      name: 'outbound_passthrough',
      filters: [outboundTcpProxy('outbound-passthrough', [{ name: passthroughCluster, weight: 1 }])],
    },
  };
}

/**
 * What the application's connections meet: a chain for each Service port that it may call. Beyond those, with egress
 * everything else passes; without, HTTP gets a 403 that says why and all else is reset.
 * @param chains sorted by name: Envoy drains a listener whose chains change their order
 * @param tcpPorts dialled ports of TCP Services: nothing may wait there for the client to speak first
 */
export function outbound(
  chains: readonly Built<FilterChain>[],
  tcpPorts: readonly number[],
  settings: Settings,
  ends: OutboundEnds,
): Built<Listener> {
  const sources: SourceEntry[] = chains.flatMap((chain, index) => within(`/filter_chains/${index}`, chain.sources));
  const own = chains.map((chain) => chain.message);
  const ports = [...new Set(own.flatMap((chain) => chain.filter_chain_match?.destination_port ?? []))].sort((a, b) => a - b);
  const common: Listener = {
    name: outboundListener,
    ...listenOn(outboundPort, settings.ipv6),
    traffic_direction: 'OUTBOUND',
    access_log: unmatchedLog,
  };
  if (settings.egress) {
    return {
      message: {
        ...common,
        listener_filters: [originalDestination],
        filter_chains: [
          ...own,
          ends.loopback(undefined),
          ...[inboundPort, outboundPort].filter((port) => ports.includes(port)).map((port) => ends.loopback(port)),
        ],
        default_filter_chain: ends.passthrough,
      },
      sources,
    };
  }
  return {
    message: {
      ...common,
      // The destination first; then, where nothing else is known of it, whether it is HTTP.
      listener_filters: [originalDestination, httpInspector(tcpPorts)],
      listener_filters_timeout: '2s',
      continue_on_listener_filters_timeout: true,
      filter_chains: [...own, ...ports.map((port) => ends.denied(port)), ends.denied(undefined)],
    },
    sources,
  };
}

function loopbackChain(port: number | undefined): FilterChain {
  return {
    name: port === undefined ? 'outbound_loopback' : `outbound_loopback_${port}`,
    filter_chain_match: {
      ...(port !== undefined && { destination_port: port }),
      prefix_ranges: [
        { address_prefix: '127.0.0.0', prefix_len: 8 },
        { address_prefix: '::1', prefix_len: 128 },
      ],
    },
    filters: [outboundTcpProxy('outbound-loopback', [{ name: blackholeCluster, weight: 1 }])],
  };
}

function deniedChain(port: number | undefined, managers: HttpConnectionManagers): FilterChain {
  return {
    name: port === undefined ? 'outbound_denied' : `outbound_denied_${port}`,
    filter_chain_match: {
      ...(port !== undefined && { destination_port: port }),
      transport_protocol: 'raw_buffer',
      application_protocols: ['http/1.0', 'http/1.1', 'h2c'],
    },
    filters: [managers.denied],
  };
}

function httpInspector(disabledPorts: readonly number[]): ListenerFilter {
  const rules = disabledPorts.map(
    (port): ListenerFilterChainMatchPredicate => ({ destination_port_range: { start: port, end: port + 1 } }),
  );
  const [first, ...others] = rules;
  return {
    name: 'envoy.filters.listener.http_inspector',
    typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.http_inspector.v3.HttpInspector' },
    // or_match wants two rules at least.
    ...(first && { filter_disabled: others.length === 0 ? first : { or_match: { rules } } }),
  };
}
