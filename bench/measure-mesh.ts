import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { median } from './growth.ts';
import type { StageSeconds } from './measure-stages.ts';
import { type ProcessFigures, runProcess } from './run-process.ts';

/** Where the built command and library are, and a folder that may be written to. */
export interface Workbench {
  readonly command: string;
  readonly library: string;
  readonly scratch: string;
}

const root = join(import.meta.dirname, '..');

/** Medians for a mesh of one size. Times in seconds, sizes in bytes. */
export interface MeshFigures {
  readonly services: number;
  readonly permissive: boolean;
  readonly inputBytes: number;
  /** Reading the files, and the stages load and resources. */
  readonly parse: number;
  /** The stages mesh and envoy: from objects to the encoded resources of all proxies. */
  readonly compile: number;
  /** The stage artifact: putting the resources together for output. */
  readonly artifact: number;
  readonly bundle: OutputFigures;
  /** Not measured in permissive mode. */
  readonly directory: OutputFigures | undefined;
}

/** The whole process from YAML to one kind of output. */
export interface OutputFigures {
  readonly process: number;
  /** What the process takes beyond one that compiles the same mesh and prints a single proxy. */
  readonly write: number;
  readonly peakBytes: number;
  readonly outputBytes: number;
}

/** Measures one mesh, each figure the median of `runs` fresh processes. @throws Error where a process fails. */
export function measureMesh(shape: { readonly services: number; readonly permissive: boolean }, runs: number, bench: Workbench): MeshFigures {
  const input = join(bench.scratch, 'input');
  rmSync(input, { recursive: true, force: true });
  script('write-mesh.ts', ['--services', String(shape.services), '--out', input, ...(shape.permissive ? ['--permissive'] : [])], bench);
  const stages = repeat(runs, () => stagesOf(input, bench));
  const stage = (...names: readonly (keyof StageSeconds)[]): number =>
    median(stages.map((seconds) => names.reduce((sum, name) => sum + seconds[name], 0)));
  // This service stands behind no split, so that its only class has the name of its service account.
  const oneProxy = repeat(runs, () => smic(['--proxy', 'team-00000/service-00001', '-o', 'json'], input, bench));
  const figures = (flag: '--out' | '--bundle'): OutputFigures => outputFigures(input, flag, runs, medianSeconds(oneProxy), bench);
  const bundle = figures('--bundle');
  return {
    ...shape,
    inputBytes: bytesUnder(input),
    parse: stage('read', 'load', 'resources'),
    compile: stage('mesh', 'envoy'),
    artifact: stage('artifact'),
    bundle,
    // Every proxy's folder names every service there: services × proxies, whatever the compiler does.
    directory: shape.permissive ? undefined : figures('--out'),
  };
}

/** The median time of a cold compilation of the files in `input`, in seconds. @throws Error where the process fails. */
export function measureCold(input: string, runs: number, bench: Workbench): number {
  return outputFigures(input, '--out', runs, 0, bench).process;
}

function outputFigures(input: string, flag: '--out' | '--bundle', runs: number, without: number, bench: Workbench): OutputFigures {
  const output = join(bench.scratch, 'output');
  const processes = repeat(runs, () => {
    rmSync(output, { recursive: true, force: true });
    mkdirSync(output);
    return smic([flag, join(output, 'made')], input, bench);
  });
  const outputBytes = bytesUnder(output);
  rmSync(output, { recursive: true, force: true });
  const seconds = medianSeconds(processes);
  return { process: seconds, write: Math.max(0, seconds - without), peakBytes: median(processes.map(({ peakBytes }) => peakBytes)), outputBytes };
}

function stagesOf(input: string, bench: Workbench): StageSeconds {
  return JSON.parse(script('measure-stages.ts', [bench.library, input], bench).stdout) as StageSeconds;
}

/** Runs a script of this folder. It is a process of its own, so that this one stays small and leaves the caches alone. */
const script = (name: string, words: readonly string[], bench: Workbench): ProcessFigures =>
  runProcess(['--import', 'tsx', join(import.meta.dirname, name), ...words], root, bench.scratch);

/** Runs the command beside its input, as a user would. */
const smic = (words: readonly string[], input: string, bench: Workbench): ProcessFigures =>
  runProcess([bench.command, 'compile', basename(input), ...words], dirname(input), bench.scratch);

const repeat = <T>(times: number, make: () => T): readonly T[] => Array.from({ length: times }, make);

const medianSeconds = (processes: readonly ProcessFigures[]): number => median(processes.map(({ seconds }) => seconds));

function bytesUnder(path: string): number {
  const stat = statSync(path);
  return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytesUnder(join(path, name)), 0) : stat.size;
}
