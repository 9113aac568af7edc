import type { EnvoyDump, HeldResource } from '../envoy-dump.ts';
import { at, listAt, textAt } from '../json-at.ts';
import { type FindPlaces, metadataObjects } from '../source-objects.ts';
import { firstOf, nameWords, type View, type ViewRow } from './view.ts';

export interface ClusterRow extends ViewRow {
  readonly name: string;
  readonly state: HeldResource['state'];
  /** Envoy's word for how endpoints are found. */
  readonly type: string;
  /** What is asked for in TLS; empty: no TLS. */
  readonly serverName: string;
  /** Whom it must be, by certificate. */
  readonly identities: readonly string[];
}

export const clusterView: View<ClusterRow> = {
  columns: ['CLUSTER', 'TYPE', 'SERVER NAME', 'IDENTITIES'],
  cells: (row) => [nameWords(row), row.type, row.serverName, firstOf(row.identities)],
};

/** A row for each cluster. */
export function clusterRows({ resources }: EnvoyDump, places: FindPlaces): readonly ClusterRow[] {
  return resources
    .filter(({ type }) => type === 'cluster')
    .map(({ name, state, message }) => {
      const tls = at(message, 'transport_socket', 'typed_config');
      const names = listAt(tls, 'common_tls_context', 'combined_validation_context', 'default_validation_context', 'match_typed_subject_alt_names');
      return {
        name,
        state,
        type: textAt(message, 'type') || 'STATIC',
        serverName: textAt(tls, 'sni'),
        identities: names.map((one) => textAt(one, 'matcher', 'exact') || `${textAt(one, 'matcher', 'prefix')}*`),
        sources: places('cluster', name, metadataObjects(message)),
      };
    });
}
