import type { EnvoyDump } from '../envoy-dump.ts';
import { at, entriesAt, listAt, textAt } from '../json-at.ts';
import { addressWords } from '../normal-form.ts';
import { type FindPlaces, metadataObjects } from '../source-objects.ts';
import type { View, ViewRow } from './view.ts';

/** An address that Envoy balances over. */
export interface EndpointRow extends ViewRow {
  readonly cluster: string;
  readonly address: string;
  /** `healthy`, or what is wrong. */
  readonly health: string;
  readonly weight: number;
}

export const endpointView: View<EndpointRow> = {
  columns: ['CLUSTER', 'ADDRESS', 'HEALTH', 'WEIGHT'],
  cells: ({ cluster, address, health, weight }) => [cluster, address, health, String(weight)],
};

/** A row for each endpoint, from `/clusters?format=json`. A cluster without any has a row too. */
export function endpointRows({ resources }: EnvoyDump, clusters: unknown, places: FindPlaces): readonly EndpointRow[] {
  const objects = new Map(resources.filter(({ type }) => type === 'cluster').map(({ name, message }) => [name, metadataObjects(message)]));
  const sourcesOf = (name: string): EndpointRow['sources'] => {
    const found = places('endpoint', name, objects.get(name) ?? []);
    // Those of a static cluster stand in the cluster.
    return found.some(({ file }) => file !== undefined) ? found : places('cluster', name, objects.get(name) ?? []);
  };
  const rows = listAt(clusters, 'cluster_statuses').flatMap((cluster) => {
    const name = textAt(cluster, 'name');
    const hosts = listAt(cluster, 'host_statuses').map((host) => ({ address: addressWords(at(host, 'address')), health: healthWords(at(host, 'health_status')), weight: Number(at(host, 'weight') ?? 1) }));
    const none = { address: '(none)', health: '', weight: 0 };
    return (hosts.length === 0 ? [none] : hosts).map((host) => ({ cluster: name, ...host, sources: sourcesOf(name) }));
  });
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function healthWords(health: unknown): string {
  const failed = entriesAt(health).filter(([, value]) => value === true).map(([name]) => name.replaceAll('_', ' '));
  const eds = textAt(health, 'eds_health_status') || 'HEALTHY';
  return failed.length > 0 ? failed.join(', ') : eds.toLowerCase();
}

function key({ cluster, address }: EndpointRow): string {
  return `${cluster}\n${address}`;
}
