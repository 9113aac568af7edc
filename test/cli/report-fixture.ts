import type { Diagnostic, Place } from '../../compiler/diagnostics/diagnostic.ts';
import type { Report } from '../../cli/report/report.ts';

const policy = `kind: TrafficTarget
metadata:
\tname: "bücher 漢字" # tab and wide characters
spec:
  rules:
    - kind: HTTPRouteGroup
      name: rotues
`;
const minified = `{"kind":"Service","filler":"${'x'.repeat(300)}","spec":{"ports":"none"},"more":"${'y'.repeat(300)}"}`;

function place(file: string, line: number, column: number, endLine: number, endColumn: number): Place {
  return { file, line, column, endLine, endColumn };
}

const target = { apiVersion: 'access.smi-spec.io/v1alpha3', kind: 'TrafficTarget', namespace: 'shop', name: 'buy' } as const;

/** One finding of each sort that a reporter has to cope with. */
const diagnostics: readonly Diagnostic[] = [
  {
    code: 'SMIC1001',
    level: 'error',
    message: 'TrafficTarget "buy" names the HTTPRouteGroup "rotues", which isn\'t there.',
    why: 'A rule that names nothing grants nothing.',
    fix: 'Did you mean "routes"?',
    object: target,
    place: place('policies/a b.yaml', 7, 13, 7, 19),
    related: [
      { message: 'The group is here.', place: place('policies/routes.yaml', 3, 9, 3, 15) },
      { message: 'Its destination.', object: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'till' } },
    ],
  },
  {
    code: 'SMIC1901',
    level: 'warning',
    message: 'Wide: characters, tabs; 100% "quoted" <tags> & more\nand a second line.',
    why: 'First line.\nSecond line.',
    fix: '',
    place: place('policies/a b.yaml', 3, 8, 3, 17),
    related: [],
  },
  {
    code: 'SMIC1902',
    level: 'note',
    message: 'A range over several lines.',
    why: 'Because.',
    fix: 'Do.',
    object: target,
    place: place('policies/a b.yaml', 4, 1, 7, 19),
    related: [],
  },
  { code: 'SMIC1901', level: 'warning', message: 'A long line.', why: 'Because.', fix: 'Do.', place: place('service.json', 1, 344, 1, 350), related: [] },
  { code: 'SMIC1901', level: 'warning', message: 'Beyond the file.', why: '', fix: '', place: place('<stdin>', 99, 1, 99, 2), related: [] },
  { code: 'SMIC1901', level: 'warning', message: 'An object without a place.', why: '', fix: 'Do.', object: { apiVersion: 'v1', kind: 'Namespace', namespace: '', name: 'shop' }, related: [] },
  { code: 'SMIC1901', level: 'warning', message: 'Hostile \u001b[31mred\u001b[0m \u202etxt\u0000.', why: '', fix: '', related: [] },
];

export const report: Report = {
  diagnostics,
  suppressed: 2,
  files: new Map([
    ['policies/a b.yaml', policy],
    ['service.json', minified],
    ['fine.yaml', 'kind: Service\n'],
  ]),
  failOn: 'error',
};
