import type { EnvoyDump, HeldResource } from '../envoy-dump.ts';
import { at, entriesAt, listAt, textAt } from '../json-at.ts';
import { addressWords } from '../normal-form.ts';
import { type FindPlaces, metadataObjects, policyObjects } from '../source-objects.ts';
import { destinations } from './route-words.ts';
import { nameWords, type View, type ViewRow } from './view.ts';

/** A filter chain of a listener. */
export interface ListenerRow extends ViewRow {
  readonly name: string;
  readonly state: HeldResource['state'];
  readonly address: string;
  readonly chain: string;
  /** What a connection must be like to come here. */
  readonly match: string;
  /** A route's or cluster's name, or clusters with weights. */
  readonly to: string;
}

export const listenerView: View<ListenerRow> = {
  columns: ['LISTENER', 'ADDRESS', 'CHAIN', 'MATCH', 'TO'],
  cells: (row) => [nameWords(row), row.address, row.chain, row.match, row.to],
};

/** A row for each filter chain. */
export function listenerRows({ resources }: EnvoyDump, places: FindPlaces): readonly ListenerRow[] {
  return resources
    .filter(({ type }) => type === 'listener')
    .flatMap(({ name, state, message }) => {
      const fallback = at(message, 'default_filter_chain');
      const chains = [...listAt(message, 'filter_chains'), ...(fallback === undefined ? [] : [fallback])];
      const addresses = [at(message, 'address'), ...listAt(message, 'additional_addresses').map((one) => at(one, 'address'))].map(addressWords);
      return chains.map((chain) => ({
        name,
        state,
        address: addresses.join(', '),
        chain: textAt(chain, 'name'),
        match: chain === fallback ? 'anything else' : matchWords(at(chain, 'filter_chain_match')),
        to: targetOf(chain),
        sources: places('listener', name, [...metadataObjects(chain), ...listAt(chain, 'filters').flatMap((filter) => policyObjects(at(filter, 'typed_config', 'rules')))]),
      }));
    });
}

function matchWords(match: unknown): string {
  const port = textAt(match, 'destination_port');
  const prefixes = listAt(match, 'prefix_ranges').map((range) => `${textAt(range, 'address_prefix')}/${textAt(range, 'prefix_len') || 0}`);
  const lists = ['server_names', 'application_protocols'].flatMap((key) => listAt(match, key).map(String));
  const others = entriesAt(match).filter(([key]) => !['destination_port', 'prefix_ranges', 'server_names', 'application_protocols', 'transport_protocol'].includes(key));
  const words = [...prefixes, ...(port === '' ? [] : [`:${port}`]), textAt(match, 'transport_protocol'), ...lists, ...others.map(([key]) => key)].filter((word) => word !== '');
  return words.length === 0 ? 'anything' : words.join(' ');
}

/** Where the chain's last filter sends to. */
function targetOf(chain: unknown): string {
  const config = at(listAt(chain, 'filters').at(-1), 'typed_config');
  const route = textAt(config, 'rds', 'route_config_name');
  const inline = textAt(config, 'route_config', 'name');
  return route !== '' ? `route ${route}` : inline !== '' ? `route ${inline} (inline)` : destinations(config);
}
