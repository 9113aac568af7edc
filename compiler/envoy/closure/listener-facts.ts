import type { FilterChain, Listener, ListenerFilterChainMatchPredicate } from '../generated/api.ts';
import { type Facts, faultsWhere, repeated, together } from './facts.ts';
import { filterFacts } from './filter-facts.ts';
import { tlsFacts } from './tls-facts.ts';
import { inboundListener, outboundListener, prometheusListener } from '../names.ts';

/** Looks each filter chain over once, however many listeners share it. */
export function listenerInspector(): (listener: Listener) => Facts {
  const known = new Map<FilterChain, Facts>();
  return (listener) => {
    const chains = [
      ...(listener.filter_chains ?? []),
      ...(listener.default_filter_chain ? [listener.default_filter_chain] : []),
    ];
    const facts = chains.map((chain) => {
      const chainFacts = known.get(chain) ?? factsOfChain(chain, listener.name ?? '');
      known.set(chain, chainFacts);
      return chainFacts;
    });
    return together([...facts, matchFaults(listener, chains)]);
  };
}

function factsOfChain(chain: FilterChain, listener: string): Facts {
  if (listener === prometheusListener) return filterFacts(chain.filters ?? [], 'outbound');
  const inbound = listener === inboundListener;
  const facts = together([
    filterFacts(chain.filters ?? [], inbound ? 'inbound' : 'outbound'),
    inbound ? tlsFacts(chain.transport_socket, 'client') : faultsWhere([chain.transport_socket !== undefined, 'it wants TLS of the application']),
    faultsWhere(
      [inbound && chain.transport_socket === undefined, 'it takes plaintext'],
      [inbound && chain.filter_chain_match?.transport_protocol !== 'tls', 'it is not for TLS only'],
      [inbound && (chain.filter_chain_match?.server_names ?? []).length === 0, 'it names no server'],
      [
        (chain.filter_chain_match?.server_names ?? []).some((name) => name !== name.toLowerCase()),
        'its server names have capital letters, which never match',
      ],
    ),
  ]);
  return { ...facts, faults: facts.faults.map((fault) => `filter chain "${chain.name}": ${fault}`) };
}

function matchFaults(listener: Listener, chains: readonly FilterChain[]): Facts {
  const filters = new Set((listener.listener_filters ?? []).map((filter) => filter.name));
  const matches = chains.map((chain) => chain.filter_chain_match ?? {});
  const redirected = listener.name === inboundListener || listener.name === outboundListener;
  const sameName = repeated(chains.map((chain) => chain.name ?? ''));
  const sameMatch = repeated(matches.map((match) => JSON.stringify(match)));
  return faultsWhere(
    [!redirected && listener.name !== prometheusListener, 'it is none of the listeners of a sidecar'],
    [chains.length === 0, 'it has no filter chain'],
    [sameName.length > 0, `two of its filter chains have one name: ${sameName.join(', ')}`],
    [sameMatch.length > 0, `two of its filter chains match the same: ${sameMatch.join(', ')}`],
    [
      matches.some((match) => match.server_names || match.transport_protocol === 'tls') &&
        !filters.has('envoy.filters.listener.tls_inspector'),
      'it matches TLS server names without a TLS inspector',
    ],
    [
      redirected && !filters.has('envoy.filters.listener.original_dst'),
      'it matches destinations without finding the original one',
    ],
    [
      listener.name === outboundListener &&
        matches.some((match) => match.application_protocols) &&
        !filters.has('envoy.filters.listener.http_inspector'),
      'it matches application protocols without an HTTP inspector',
    ],
    [
      (listener.listener_filters ?? []).some(({ filter_disabled: disabled }) => disabled && emptyRange(disabled)),
      'a listener filter is disabled for an empty range of ports',
    ],
  );
}

function emptyRange({ or_match: or, destination_port_range: range }: ListenerFilterChainMatchPredicate): boolean {
  if (or) return (or.rules ?? []).some(emptyRange);
  return range !== undefined && (range.start ?? 0) >= (range.end ?? 0);
}
