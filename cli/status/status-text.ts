import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { ProxyStatus, TypeStatus } from '../../server/ads/proxy-status.ts';
import type { StatusDocument } from '../../server/admin/status-document.ts';
import type { ServerStatus } from '../operate/server-status.ts';
import { plural } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import { type Column, table } from '../terminal/table.ts';
import { age } from './age.ts';
import { brokenText, clusterText } from './cluster-text.ts';
import { brokenObjects } from '../../server/kubernetes/cluster-status.ts';

/** How many sources of a refusal are named. */
const namedSources = 3;

/** Servers' status for people: a line for each sidecar, below it what it has refused, and what is broken in the cluster. `wide`: with more of each sidecar. */
export function statusText(servers: readonly ServerStatus[], wide: boolean): string {
  const lines = servers.flatMap(({ name, status }) => status.proxies.map((proxy) => ({ proxy, name, now: status.now }))).sort((a, b) => byName(a.proxy, b.proxy));
  const more: readonly Column[] = wide ? [{ title: 'SERVER' }, { title: 'IDENTITY' }, { title: 'CERTIFICATE', align: 'right' }] : [];
  const columns: readonly Column[] = [{ title: 'PROXY' }, { title: 'CLASS' }, ...resourceTypes.map((type) => ({ title: `${type.toUpperCase()}S` })), { title: 'MODE' }, { title: 'CONNECTED', align: 'right' }, ...more];
  const rows = lines.map(({ proxy, name, now }) => [
    proxy.node === '' ? '(no name)' : proxy.node,
    proxy.proxyClass ?? '(none)',
    ...resourceTypes.map((type) => cell(proxy.types[type], now)),
    proxy.mode,
    age(now - proxy.connectedAt),
    ...(wide ? [name, proxy.identity, proxy.certificateUntil === undefined ? '-' : age(proxy.certificateUntil - now)] : []),
  ].map(printable));
  const shown = lines.length === 0 ? 'no sidecar is connected\n' : table(columns, rows);
  // Servers of one installation follow the same cluster.
  const broken = new Set(servers.map(({ status }) => (status.cluster ? brokenText(status.cluster) : '')));
  return `${shown}${lines.flatMap(({ proxy }) => refusals(proxy)).join('')}${[...broken].join('')}`;
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
