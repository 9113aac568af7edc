import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { ProxyStatus, TypeStatus } from '../../server/ads/proxy-status.ts';
import type { StatusDocument } from '../../server/admin/status-document.ts';
import { plural } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import { type Column, table } from '../terminal/table.ts';
import { age } from './age.ts';
import { brokenText, clusterText } from './cluster-text.ts';
import { brokenObjects } from '../../server/kubernetes/cluster-status.ts';

/** How many sources of a refusal are named. */
const namedSources = 3;

/** A server's status for people: a line for each sidecar, below it what it has refused, and what is broken in the cluster. */
export function statusText(status: StatusDocument): string {
  const proxies = [...status.proxies].sort(byName);
  const columns: Column[] = [{ title: 'PROXY' }, { title: 'CLASS' }, ...resourceTypes.map((type) => ({ title: `${type.toUpperCase()}S` })), { title: 'MODE' }, { title: 'CONNECTED', align: 'right' }];
  const rows = proxies.map((proxy) => [
    proxy.node === '' ? '(no name)' : proxy.node,
    proxy.proxyClass ?? '(none)',
    ...resourceTypes.map((type) => cell(proxy.types[type], status.now)),
    proxy.mode,
    age(status.now - proxy.connectedAt),
  ].map(printable));
  const lines = proxies.length === 0 ? 'no sidecar is connected\n' : table(columns, rows);
  return `${lines}${proxies.flatMap(refusals).join('')}${status.cluster ? brokenText(status.cluster) : ''}`;
}

/** What the artifact and the server have to say, on one line or two. */
export function summary(status: StatusDocument): string {
  const { artifact, now, proxies } = status;
  const refused = artifact.refused && `a newer artifact is refused (${age(now - artifact.refused.at)} ago): ${printable(artifact.refused.reason)}\n`;
  const state = status.state === 'serving' ? '' : `, ${status.state}`;
  const cluster = status.cluster ? clusterText(status.cluster) : '';
  if (artifact.digest === '') {
    return `nothing is served yet${state}\n${refused ?? ''}${cluster}`;
  }
  return `${plural(proxies.length, 'sidecar')}; ${artifact.digest.slice(0, 19)}… with ${plural(artifact.proxyClasses, 'proxy class', 'proxy classes')}, for ${age(now - artifact.loadedAt)}${state}\n${refused ?? ''}${cluster}`;
}

/** Whether something was refused: resources by a sidecar, or by the server an artifact or an object of the cluster. */
export function hasRefusal({ proxies, artifact, cluster }: StatusDocument): boolean {
  return artifact.refused !== undefined || brokenObjects(cluster?.findings ?? []).length > 0 || proxies.some(({ types }) => resourceTypes.some((type) => types[type].state === 'NACKED'));
}

function cell({ state, since }: TypeStatus, now: number): string {
  return since === undefined ? state : `${state} ${age(now - since)}`;
}

function refusals(proxy: ProxyStatus): readonly string[] {
  return resourceTypes.filter((type) => proxy.types[type].state === 'NACKED').map((type) => refusal(proxy, type));
}

function refusal({ node, types }: ProxyStatus, type: ResourceType): string {
  const { reason = 'no reason given', sources = [] } = types[type];
  const places = [...new Set(sources.map(({ object, file, line }) => `${object} (${file}:${line})`))];
  const more = places.length > namedSources ? [`and ${places.length - namedSources} more`] : [];
  const words = [...places.slice(0, namedSources), ...more].map((place) => `    from ${printable(place)}\n`.replace('from and', 'and'));
  return `\n${printable(node)} refused ${type}s: ${printable(reason.trim())}\n${words.join('')}`;
}

function byName(a: ProxyStatus, b: ProxyStatus): number {
  return a.node < b.node ? -1 : a.node > b.node ? 1 : a.connectedAt - b.connectedAt;
}
