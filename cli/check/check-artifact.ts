import type { Artifact } from '../../compiler/artifact/artifact.ts';
import { artifactFiles } from '../../compiler/artifact/layout.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { createPaint } from '../terminal/paint.ts';
import { plural } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { differenceText } from './difference-text.ts';
import { type Difference, findDrift } from './find-drift.ts';

/** Compares `artifact` with the one in `folder`: the differences go to stdout, the words to stderr. */
export async function checkArtifact(terminal: Terminal, artifact: Artifact, folder: string, words: string): Promise<ExitCode> {
  const differences = await findDrift(folder, artifactFiles(artifact));
  if (differences.length === 0) {
    await terminal.err.write(`${words}: ${folder} is up to date\n`);
    return exitCode.yes;
  }
  await terminal.out.write(differenceText(differences, createPaint(terminal.out.color)));
  await terminal.err.write(`${folder} differs from what its sources compile to: ${countWords(differences)}\n  To accept the change, run the same command with --out ${folder} in place of --check ${folder}, and commit it.\n`);
  return exitCode.no;
}

function countWords(differences: readonly Difference[]): string {
  return (['changed', 'added', 'removed'] as const)
    .map((kind) => ({ kind, count: differences.filter((difference) => difference.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${plural(count, 'file')} ${kind}`)
    .join(', ');
}
