import type { Registry } from 'prom-client';
import { brokenObjects, type ClusterStatus } from '../kubernetes/cluster-status.ts';
import { freshGauges } from './fresh-gauge.ts';

/** What is measured of the cluster that is followed; asked for whenever metrics are read. */
export function clusterMetrics(registry: Registry, status: () => ClusterStatus): void {
  const gauge = freshGauges(registry);
  gauge('smic_cluster_synced', '1 while all that must be known of the cluster is known.', [], (own) => own.set(status().synced ? 1 : 0));
  gauge('smic_cluster_objects', 'Objects that are held of a kind.', ['kind'], (own) => status().kinds.forEach(({ kind, objects }) => own.set({ kind }, objects)));
  gauge('smic_cluster_kind_state', '1 for how a kind stands: listing, current, away, denied or absent.', ['kind', 'state'], (own) => status().kinds.forEach(({ kind, state }) => own.set({ kind, state }, 1)));
  gauge('smic_cluster_broken_objects', 'Objects that are broken and denied in their place.', ['kind'], (own) => {
    for (const { object } of brokenObjects(status().findings)) {
      own.inc({ kind: object.kind });
    }
  });
}
