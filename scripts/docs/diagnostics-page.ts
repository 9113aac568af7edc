import { type CatalogEntry, catalog } from '../../compiler/diagnostics/generated/catalog.ts';
import { fenced, inline } from './markdown.ts';

const areas = [
  ['SMIC1', 'Reading files'],
  ['SMIC2', 'The shape of objects'],
  ['SMIC3', 'TrafficTargets and routes'],
  ['SMIC4', 'TrafficSplits'],
  ['SMIC5', 'Services and workloads'],
  ['SMIC6', 'MeshConfig and the mesh'],
  ['SMIC9', "Faults of smic's own"],
] as const;

/** docs/diagnostics.md: every code of the catalog. */
export function diagnosticsPage(): string {
  const entries = Object.entries<CatalogEntry>(catalog);
  const parts = areas.flatMap(([prefix, title]) => {
    const own = entries.filter(([code]) => code.startsWith(prefix));
    return own.length === 0 ? [] : [`## ${title}`, ...own.map(([code, entry]) => section(code, entry))];
  });
  return [
    '<!-- Made from schemas/diagnostics.yaml by scripts/docs/: `UPDATE=1 npm test` writes it again. -->',
    '# Diagnostics',
    [
      'A finding of smic has a code, a level, a place, and says what is wrong, why it matters and what to do.',
      'An `error` stops all output, and it cannot be silenced.',
      'A `warning` or a `note` can be silenced by code and object: see [cli.md](cli.md) and [ci.md](ci.md).',
      '`smic explain CODE` shows an entry of this page in the terminal.',
    ].join('\n'),
    ...parts,
    '',
  ].join('\n\n').trimEnd().concat('\n');
}

function section(code: string, { level, title, why, fix, example }: CatalogEntry): string {
  return [
    `### ${code}`,
    `**${inline(title)}** (${level})`,
    `Why: ${inline(why)}`,
    `Fix: ${inline(fix)}`,
    ...(example === undefined ? [] : [fenced(example, 'yaml')]),
  ].join('\n\n');
}
