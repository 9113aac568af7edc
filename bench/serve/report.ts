import { median } from '../growth.ts';
import type { Change } from './bundles.ts';
import type { Figures, Mode } from './measure.ts';

/** Both servers under the same load: one entry a run. */
export interface Comparison {
  readonly streams: number;
  readonly mode: Mode;
  readonly smic: readonly Figures[];
  readonly peer: readonly Figures[];
}

export interface Results {
  readonly machine: string;
  readonly runs: number;
  readonly comparisons: readonly Comparison[];
  /** What bench/ca.ts prints. */
  readonly certificates: string;
  /** Of the run in which every byte was checked. */
  readonly checked: readonly string[];
}

interface Row {
  readonly title: string;
  readonly value: (figures: Figures) => number;
  readonly unit: 's' | 'ms' | 'MB' | 'KB';
  /** At most so many times the peer's, or so many in the unit. */
  readonly wanted?: { readonly times: number } | { readonly most: number };
}

const changeTitles: Readonly<Record<Change, string>> = {
  routes: 'One change that touches all streams (RDS)',
  everything: 'Everything changed for all streams',
  three: 'A change that touches three streams (RDS)',
};

const change = (name: Change, wanted: NonNullable<Row['wanted']>): readonly Row[] => [
  { title: `${changeTitles[name]} ¹`, value: ({ milliseconds }) => milliseconds[name], unit: 'ms', wanted },
  { title: '– of it from the first response to the last', value: ({ fanOutMilliseconds }) => fanOutMilliseconds[name], unit: 'ms' },
  { title: '– CPU of the server ²', value: ({ cpuSeconds }) => cpuSeconds[name], unit: 's' },
  { title: '– bytes of resources', value: ({ pushedBytes }) => pushedBytes[name] / 1e3, unit: 'KB' },
];

const rows: readonly Row[] = [
  { title: 'First configuration of all, cold', value: ({ coldMilliseconds }) => coldMilliseconds / 1000, unit: 's', wanted: { times: 1.4 } },
  { title: '– CPU of the server', value: ({ coldCpuSeconds }) => coldCpuSeconds, unit: 's' },
  { title: '– CPU of the load client', value: ({ clientCpuSeconds }) => clientCpuSeconds, unit: 's' },
  { title: '– bytes a stream', value: ({ bytesPerStream }) => bytesPerStream / 1e3, unit: 'KB' },
  ...change('routes', { times: 0.25 }),
  ...change('everything', { times: 0.6 }),
  ...change('three', { most: 10 }),
  { title: 'Memory, idle', value: ({ idleMegabytes }) => idleMegabytes, unit: 'MB' },
  { title: 'Memory, converged', value: ({ convergedMegabytes }) => convergedMegabytes, unit: 'MB', wanted: { times: 0.8 } },
];

/** The Markdown that shows results. */
export function report({ machine, runs, comparisons, certificates, checked }: Results): string {
  return [
    `${machine} Medians of ${runs} ${runs === 1 ? 'run' : 'runs'}, each in processes of its own, one after the other; the load client uses the same cores. The peer: go-control-plane's snapshot cache and server.`,
    ...comparisons.flatMap((comparison) => [`### ${comparison.streams} streams, ${comparison.mode === 'sotw' ? 'state of the world' : 'delta'}`, table(comparison)]),
    '### Certificates',
    'Issued by the internal CA (`bench/ca.ts`; wanted: at least 1000 P-256 leaves a second; a busy loop would hold up pushes):',
    `\`\`\`text\n${certificates.trim()}\n\`\`\``,
    checked.join('\n'),
  ].join('\n\n');
}

function table({ smic, peer }: Comparison): string {
  const lines = rows.map(({ title, value, unit, wanted }) => {
    const [ours, theirs] = [median(smic.map(value)), median(peer.map(value))];
    const ratio = ours / theirs;
    const verdict = wanted && ('times' in wanted ? mark(ratio, wanted.times, `${wanted.times} ×`) : mark(ours, wanted.most, `${wanted.most} ${unit}`));
    return [title, `${rounded(ours)} ${unit}`, `${rounded(theirs)} ${unit}`, `${rounded(ratio)} ×`, verdict ?? ''];
  });
  return [['', 'smic', 'peer', 'smic / peer', 'wanted'], ['---', '---:', '---:', '---:', '---'], ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const mark = (value: number, most: number, words: string): string => `≤ ${words}: ${value <= most ? 'met' : '**missed**'}`;

/** Three digits, as far as they stand behind the point. */
function rounded(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(value < 1 ? 2 : 3);
}
