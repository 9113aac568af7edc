import type { Artifact } from '../../compiler/artifact/artifact.ts';
import { printable } from '../terminal/printable.ts';
import { table } from '../terminal/table.ts';
import { measureArtifact } from './measure-artifact.ts';
import { proxyKey } from './proxy-key.ts';

/** A line a proxy class: who it is and how many resources of each type it gets. */
export function summaryTable(artifact: Artifact): string {
  const { proxies } = measureArtifact(artifact);
  const types = ['listener', 'cluster', 'route', 'endpoint', 'secret'] as const;
  const rows = artifact.classes.map((proxy) => {
    const sizes = proxies.get(proxyKey(proxy));
    return [proxyKey(proxy), proxy.identity, String(proxy.pods.length), ...types.map((type) => String(sizes?.[type].resources ?? 0))].map(printable);
  });
  const columns = types.map((type) => ({ title: `${type.toUpperCase()}S`, align: 'right' }) as const);
  return table([{ title: 'PROXY' }, { title: 'IDENTITY' }, { title: 'PODS', align: 'right' }, ...columns], rows);
}
