import { exponentOf } from './growth.ts';
import type { MeshFigures, OutputFigures } from './measure-mesh.ts';
import { osmSeconds, wantedBookstore, wantedCompile, wantedExponent, wantedProcess } from './published.ts';

/** All that a run measured. A figure that could not be measured is undefined, and `failures` says why. */
export interface Results {
  readonly machine: string;
  readonly runs: number;
  readonly bookstoreSeconds: number | undefined;
  readonly meshes: readonly MeshFigures[];
  readonly failures: readonly string[];
}

/** Growth is judged from here on: below, fixed costs hide it. */
const smallestForGrowth = 200;

const nothing = '–';
const seconds = (value: number | undefined): string => (value === undefined ? nothing : `${value < 10 ? value.toPrecision(2) : value.toFixed(0)} s`);
const megabytes = (bytes: number): string => {
  const value = bytes / 1e6;
  return `${value < 10 ? value.toPrecision(2) : value.toFixed(0)} MB`;
};
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(columns), row(columns.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n');

/** The Markdown that shows results: the machine, the bookstore, both modes, and what could not be measured. */
export function report(results: Results): string {
  const policy = results.meshes.filter(({ permissive }) => !permissive);
  const permissive = results.meshes.filter((mesh) => mesh.permissive);
  const bookstore = `The bookstore, cold: ${seconds(results.bookstoreSeconds)} (wanted: at most ${wantedBookstore} s).`;
  return [
    `${results.machine} Medians of ${results.runs} ${results.runs === 1 ? 'run' : 'runs'}, each in a process of its own.`,
    bookstore,
    ...(policy.length > 0 ? ['### Policy mode', policyTable(policy), growth(policy)] : []),
    ...(permissive.length > 0 ? ['### Permissive mode', permissiveTable(permissive), growth(permissive)] : []),
    ...(results.failures.length > 0 ? ['Could not be measured:', results.failures.map((failure) => `- ${failure}`).join('\n')] : []),
  ].join('\n\n');
}

const shared = (mesh: MeshFigures): readonly string[] => [String(mesh.services), megabytes(mesh.inputBytes), seconds(mesh.parse), seconds(mesh.compile)];

const output = (figures: OutputFigures | undefined): readonly string[] =>
  figures === undefined
    ? [nothing, nothing]
    : [seconds(figures.write), megabytes(figures.outputBytes)];

function policyTable(meshes: readonly MeshFigures[]): string {
  const columns = ['services', 'YAML', 'read + parse', 'compile', 'wanted', 'OSM ¹', 'artifact', 'write folder ²', 'folder', 'write bundle ²', 'bundle', 'whole process ³', 'peak memory ³', 'wanted'];
  return table(
    columns,
    meshes.map((mesh) => {
      const process = wantedProcess[mesh.services];
      const whole = mesh.directory ?? mesh.bundle;
      return [
        ...shared(mesh),
        seconds(wantedCompile[mesh.services]),
        seconds(osmSeconds[mesh.services]),
        seconds(mesh.artifact),
        ...output(mesh.directory),
        ...output(mesh.bundle),
        seconds(whole.process),
        megabytes(whole.peakBytes),
        process === undefined ? nothing : `${process.seconds} s, ${process.megabytes} MB`,
      ];
    }),
  );
}

function permissiveTable(meshes: readonly MeshFigures[]): string {
  const columns = ['services', 'YAML', 'read + parse', 'compile', 'artifact', 'write bundle ²', 'bundle', 'whole process ³', 'peak memory ³'];
  return table(
    columns,
    meshes.map((mesh) => [
      ...shared(mesh),
      seconds(mesh.artifact),
      ...output(mesh.bundle),
      seconds(mesh.bundle.process),
      megabytes(mesh.bundle.peakBytes),
    ]),
  );
}

/** How the figures grow with the number of services: 1 is in step with it, 2 is with services × proxies. */
function growth(meshes: readonly MeshFigures[]): string {
  const exponent = (figure: (mesh: MeshFigures) => number): string =>
    exponentOf(
      meshes.filter(({ services }) => services >= smallestForGrowth).map((mesh) => ({ size: mesh.services, value: figure(mesh) })),
    )?.toFixed(2) ?? nothing;
  return [
    `Exponent of growth from ${smallestForGrowth} services on:`,
    `compile ${exponent(({ compile }) => compile)} (wanted: at most ${wantedExponent}),`,
    `read + parse ${exponent(({ parse }) => parse)},`,
    `whole process ${exponent(({ directory, bundle }) => (directory ?? bundle).process)},`,
    `bundle's bytes ${exponent(({ bundle }) => bundle.outputBytes)}.`,
  ].join(' ');
}
