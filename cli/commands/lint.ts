import { errorExitCode } from '../compile/error-exit-code.ts';
import { asideWords, inputWords } from '../compile/input-words.ts';
import { type Compilation, runCompiler } from '../compile/run-compiler.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { LintFlags } from '../program/flags.ts';
import { findingWords } from '../report/finding-words.ts';
import { printReport, reporterFor } from '../report/print-report.ts';
import { reaches } from '../report/report.ts';
import { plural } from '../terminal/plural.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic lint`. The findings are its data: they go to stdout, in whatever format. */
export async function lintCommand(terminal: Terminal, paths: readonly string[], flags: LintFlags): Promise<ExitCode> {
  const compilation = await runCompiler(paths, flags, terminal.err);
  await printReport(terminal.out, reporterFor(terminal.out, flags.report), compilation, flags.failOn);
  const checked = compilation.unreadable ? 'could not read all of the input' : `checked ${inputWords(compilation)} in ${placeWords(compilation)}`;
  await terminal.err.write(`${checked}: ${findingWords(compilation.diagnostics)}${asideWords(compilation)}\n`);
  if (!compilation.unreadable && !compilation.diagnostics.some(({ level }) => reaches(level, flags.failOn))) {
    return exitCode.yes;
  }
  return errorExitCode(compilation);
}

function placeWords({ files, fromCluster }: Compilation): string {
  const own = files.length - (fromCluster ?? 0);
  return [...(own > 0 || fromCluster === undefined ? [plural(own, 'file')] : []), ...(fromCluster === undefined ? [] : ['the cluster'])].join(' and ');
}
