import type { FilterChain, FilterChainMatch, Listener, ListenerFilterChainMatchPredicate } from '../generated/api.ts';
import { inboundListener, outboundListener, prometheusListener } from '../names.ts';
import { type Facts, faultRepeated, faultsWhere, newFacts } from './facts.ts';
import { filterFacts } from './filter-facts.ts';
import { tlsFacts } from './tls-facts.ts';

/** Looks each filter chain over once, however many listeners share it. */
export function listenerInspector(): (listener: Listener) => readonly Facts[] {
  const known = new WeakMap<FilterChain, Facts>();
  return (listener) => {
    const { name = '', filter_chains: own = [], default_filter_chain: last } = listener;
    const chains = last ? [...own, last] : own;
    const facts = chains.map((chain) => {
      const chainFacts = known.get(chain) ?? factsOfChain(chain, name, chain === last);
      known.set(chain, chainFacts);
      return chainFacts;
    });
    return [...facts, matchFaults(listener, chains)];
  };
}

function factsOfChain(chain: FilterChain, listener: string, isDefault: boolean): Facts {
  const facts = newFacts();
  const inbound = listener === inboundListener;
  const { transport_socket: socket, filter_chain_match: match = {} } = chain;
  filterFacts(chain.filters ?? [], inbound ? 'inbound' : 'outbound', facts);
  if (inbound && socket) tlsFacts(socket, 'client', facts);
  faultsWhere(
    facts,
    [inbound && !socket, 'it takes plaintext'],
    [!inbound && socket !== undefined, 'it wants TLS where there is none'],
    [inbound && match.transport_protocol !== 'tls', 'it is not for TLS only'],
    [inbound && !match.server_names?.length, 'it names no server'],
    [
      match.server_names?.some((name) => name !== name.toLowerCase()) ?? false,
      'its server names have capital letters, which never match',
    ],
    [listener === outboundListener && !isDefault && takesTooMuch(match), 'it takes connections to more than single addresses'],
  );
  if (facts.faults.length === 0) return facts;
  return { ...facts, faults: facts.faults.map((fault) => `filter chain "${chain.name}": ${fault}`) };
}

/** A chain is for a Service's addresses, for the loopback, or for what an inspector tells of a connection. */
function takesTooMuch({ prefix_ranges: ranges = [], application_protocols: protocols = [] }: FilterChainMatch): boolean {
  if (ranges.length === 0) return protocols.length === 0;
  return ranges.some(({ address_prefix: address = '', prefix_len: length }) =>
    address.startsWith('127.') ? length !== 8 && length !== 32 : length !== (address.includes(':') ? 128 : 32),
  );
}

function matchFaults(listener: Listener, chains: readonly FilterChain[]): Facts {
  const facts = newFacts();
  const { name, listener_filters: filters = [] } = listener;
  const inspected = (inspector: string): boolean =>
    filters.some((filter) => filter.name === `envoy.filters.listener.${inspector}`);
  const matches = chains.map((chain) => chain.filter_chain_match ?? {});
  const redirected = name === inboundListener || name === outboundListener;
  faultRepeated(facts, 'two of its filter chains have one name', chains.map((chain) => chain.name ?? ''));
  faultRepeated(facts, 'two of its filter chains match the same', matches.map(matchText));
  faultsWhere(
    facts,
    [!redirected && name !== prometheusListener, 'it is none of the listeners of a sidecar'],
    [chains.length === 0, 'it has no filter chain'],
    [redirected && !inspected('original_dst'), 'it matches destinations without finding the original one'],
    [
      matches.some((match) => match.server_names || match.transport_protocol === 'tls') && !inspected('tls_inspector'),
      'it matches TLS server names without a TLS inspector',
    ],
    [
      name === outboundListener && matches.some((match) => match.application_protocols) && !inspected('http_inspector'),
      'it matches application protocols without an HTTP inspector',
    ],
    [
      filters.some(({ filter_disabled: disabled }) => disabled !== undefined && emptyRange(disabled)),
      'a listener filter is disabled for an empty range of ports',
    ],
  );
  return facts;
}

function matchText(match: FilterChainMatch): string {
  const ranges = (match.prefix_ranges ?? []).map((range) => `${range.address_prefix}/${range.prefix_len}`);
  return [
    match.destination_port,
    ranges.join(' '),
    match.server_names?.join(' '),
    match.transport_protocol,
    match.application_protocols?.join(' '),
  ].join(', ');
}

function emptyRange({ or_match: or, destination_port_range: range }: ListenerFilterChainMatchPredicate): boolean {
  if (or) return (or.rules ?? []).some(emptyRange);
  return range !== undefined && (range.start ?? 0) >= (range.end ?? 0);
}
