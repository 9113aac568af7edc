import { createCollector } from '../../compiler/diagnostics/collector.ts';
import type { SourceFile } from '../../compiler/load/document.ts';
import type { InputFlags } from '../program/flags.ts';
import { findFiles } from './find-files.ts';

/** The files, of which those that only `--snapshot` names yield to the others: a snapshot has policy as it was before the change that is looked at. */
export async function snapshotYields(files: readonly SourceFile[], paths: readonly string[], flags: InputFlags): Promise<readonly SourceFile[]> {
  if (flags.snapshot.length === 0) {
    return files;
  }
  // What is wrong with the paths has been reported when they were read.
  const namesOf = async (named: readonly string[]): Promise<ReadonlySet<string>> =>
    new Set([...(await findFiles(named.filter((name) => name !== '-'), process.cwd(), createCollector())), ...(named.includes('-') ? ['<stdin>'] : [])]);
  const [snapshot, others] = [await namesOf(flags.snapshot), await namesOf([...paths, ...flags.file])];
  return files.map((file) => (snapshot.has(file.name) && !others.has(file.name) ? { ...file, yields: true } : file));
}
