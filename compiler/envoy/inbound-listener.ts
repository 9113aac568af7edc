import type { Settings } from '../mesh/settings.ts';
import { unmatchedLog } from './access-log.ts';
import { type Built, within } from './built.ts';
import type { FilterChain, Listener, ListenerFilter } from './generated/api.ts';
import { listenOn } from './listen-address.ts';
import { inboundListener, inboundPort } from './names.ts';
import { originalDestination } from './outbound-listener.ts';

const tlsInspector: ListenerFilter = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector' },
};

/**
 * What connections from outside the pod meet: a chain for each Service port that the pod answers for, by the TLS server
 * name. What fits none, plaintext first of all, is reset. `chains` is sorted by name and not empty.
 */
export function inbound(chains: readonly Built<FilterChain>[], settings: Settings): Built<Listener> {
  return {
    message: {
      name: inboundListener,
      ...listenOn(inboundPort, settings.ipv6),
      traffic_direction: 'INBOUND',
      access_log: unmatchedLog,
      // Where the client wanted to go, then what its TLS asks for.
      listener_filters: [originalDestination, tlsInspector],
      // Nobody holds a connection without saying what it is for.
      listener_filters_timeout: '5s',
      filter_chains: chains.map((chain) => chain.message),
    },
    sources: chains.flatMap((chain, index) => within(`/filter_chains/${index}`, chain.sources)),
  };
}
