import type { CompileResult } from '../../compiler/index.ts';
import { compile } from '../../compiler/index.ts';
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { sortDiagnostics } from '../../compiler/diagnostics/sort.ts';
import type { SourceFile } from '../../compiler/load/document.ts';
import { inputPaths } from '../input/input-paths.ts';
import { readInput } from '../input/read-input.ts';
import { snapshotYields } from '../input/snapshot-yields.ts';
import { withoutArtifacts } from '../input/without-artifacts.ts';
import type { InputFlags } from '../program/flags.ts';
import { annotationSuppressions } from '../suppress/annotation-suppressions.ts';
import { parseSuppression } from '../suppress/parse-suppression.ts';
import { suppress } from '../suppress/suppression.ts';
import { createProgress } from '../terminal/progress.ts';
import type { Output } from '../terminal/terminal.ts';
import { compileOptions } from './compile-options.ts';

/** How long a stage took. */
export interface Timing {
  readonly stage: string;
  readonly milliseconds: number;
}

/** What came out of reading the input and compiling it. */
export interface Compilation {
  readonly files: readonly SourceFile[];
  /** How many of the files stand for the objects of a cluster; undefined: none was read. */
  readonly fromCluster: number | undefined;
  /** Sorted; without the suppressed ones. */
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed: number;
  /** Something of the input couldn't be read: then it was not compiled either, since half an input gives wrong findings. */
  readonly unreadable: boolean;
  readonly artifact: CompileResult['artifact'];
  readonly objects: CompileResult['objects'];
  /** Folders among the input that are artifacts, and weren't read. */
  readonly artifacts: readonly string[];
  readonly timings: readonly Timing[];
}

/** Reads and compiles what `paths` and `flags` name. Throws a Failure for what is wrong with the flags. */
export async function runCompiler(paths: readonly string[], flags: InputFlags, words: Output): Promise<Compilation> {
  const wanted = inputPaths(paths, flags);
  const flagged = flags.suppress.map(parseSuppression);
  const progress = createProgress(words);
  const timings: Timing[] = [];
  let last = performance.now();
  const ended = (stage: string): void => {
    const now = performance.now();
    timings.push({ stage, milliseconds: now - last });
    last = now;
    progress.show(`${stage}: done`);
  };
  try {
    const input = await readInput(wanted);
    const { files: read, artifacts } = withoutArtifacts(input.files);
    const own = await snapshotYields(read, paths, flags);
    const cluster = flags.live ? await (await import('../kubernetes/cluster-files.ts')).clusterFiles(flags, words) : undefined;
    const files = [...own, ...(cluster ?? [])];
    ended('read');
    const unreadable = input.diagnostics.some(({ level }) => level === 'error');
    const result = unreadable ? nothing : compile(files, compileOptions(flags), ended);
    const annotated = unreadable ? none : annotationSuppressions(files);
    const found = sortDiagnostics([...input.diagnostics, ...result.diagnostics, ...annotated.diagnostics]);
    return {
      ...suppress(found, [...flagged, ...annotated.suppressions]),
      files,
      fromCluster: cluster?.length,
      artifacts,
      unreadable,
      artifact: result.artifact,
      objects: result.objects,
      timings,
    };
  } finally {
    progress.clear();
  }
}

const none = { suppressions: [], diagnostics: [] } as const;
const nothing: CompileResult = { diagnostics: [], artifact: undefined, objects: { read: {}, skipped: {} } };
