import { type Artifact, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { Timing } from '../compile/run-compiler.ts';
import { printable } from '../terminal/printable.ts';
import { table } from '../terminal/table.ts';
import type { Sizes } from './count-resources.ts';
import { type Measures, measureArtifact } from './measure-artifact.ts';

const types = [...resourceTypes, 'total'] as const;

/** `--stats` as tables: each cell is `resources / bytes`. */
export function statsTables(artifact: Artifact, timings: readonly Timing[]): string {
  const measures = measureArtifact(artifact);
  const columns = [{ title: 'PROXY' }, ...types.map((type) => ({ title: type.toUpperCase(), align: 'right' }) as const)];
  const row = (name: string, sizes: Sizes): readonly string[] => [printable(name), ...types.map((type) => `${sizes[type].resources} / ${sizes[type].bytes}`)];
  const sizes = table(columns, [
    ...[...measures.proxies].map(([name, proxy]) => row(name, proxy)),
    row('(as sent, one of each)', measures.sent),
    row('(distinct)', measures.distinct),
  ]);
  const total = timings.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const stages = table(
    [{ title: 'STAGE' }, { title: 'MILLISECONDS', align: 'right' }],
    [...timings.map(({ stage, milliseconds }) => [stage, milliseconds.toFixed(1)]), ['total', total.toFixed(1)]],
  );
  return `${sizes}\n${stages}\nA cell is resources / bytes, as encoded for the proxy.\n`;
}

/** `--stats -o json` or `-o yaml`: the same as data. */
export function statsData(artifact: Artifact, timings: readonly Timing[]): object {
  const { proxies, distinct, sent }: Measures = measureArtifact(artifact);
  return {
    proxies: Object.fromEntries(proxies),
    totals: { sent, distinct },
    stages: timings.map(({ stage, milliseconds }) => ({ stage, milliseconds: Math.round(milliseconds * 1000) / 1000 })),
  };
}
