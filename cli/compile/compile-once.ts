import type { Artifact } from '../../compiler/artifact/artifact.ts';
import { artifactWords } from '../artifact/artifact-words.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { CompileFlags } from '../program/flags.ts';
import { findingWords } from '../report/finding-words.ts';
import { documentReporters } from '../report/load-reporter.ts';
import { printReport, reporterFor } from '../report/print-report.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { errorExitCode } from './error-exit-code.ts';
import { asideWords, inputWords } from './input-words.ts';
import { runCompiler, type Compilation } from './run-compiler.ts';
import { writeOutputs } from './write-outputs.ts';

/** What one run came to. */
export interface Run {
  readonly code: ExitCode;
  /** Names of the files that were read, for whoever watches them. */
  readonly files: readonly string[];
}

/** Reads, compiles, reports and writes, once. Findings and words go to stderr, data to stdout. */
export async function compileOnce(terminal: Terminal, paths: readonly string[], flags: CompileFlags): Promise<Run> {
  const compilation = await runCompiler(paths, flags, terminal.err);
  const reporter = reporterFor(terminal.err, flags.report);
  await printReport(terminal.err, reporter, flags.report ? compilation : withoutNotes(compilation), 'error');
  // A document on stderr stays one: no words are put behind it.
  const say = async (words: string): Promise<void> => {
    if (!documentReporters.has(reporter)) {
      await terminal.err.write(`${words}\n`);
    }
  };
  return { code: await answer(terminal, compilation, flags, say), files: compilation.files.map(({ name }) => name) };
}

/** Who compiles wants to know what is wrong; notes come in numbers, and `smic lint` shows them. */
function withoutNotes(compilation: Compilation): Compilation {
  return { ...compilation, diagnostics: compilation.diagnostics.filter(({ level }) => level !== 'note') };
}

async function answer(terminal: Terminal, compilation: Compilation, flags: CompileFlags, say: (words: string) => Promise<void>): Promise<ExitCode> {
  const { artifact, diagnostics } = compilation;
  if (compilation.unreadable || !artifact || diagnostics.some(({ level }) => level === 'error')) {
    const kept = flags.out ?? flags.bundle;
    await say(`${findingWords(diagnostics)}: nothing was written${kept === undefined || kept === '-' ? '' : `, ${kept} is as it was`}`);
    return errorExitCode(compilation);
  }
  const words = successWords(compilation, artifact);
  if (flags.check !== undefined) {
    const { checkArtifact } = await import('../check/check-artifact.ts');
    return checkArtifact(terminal, artifact, flags.check, words);
  }
  const written = await writeOutputs(terminal, artifact, compilation.timings, flags);
  await say(`${words}${written}${asideWords(compilation)}`);
  return exitCode.yes;
}

function successWords(compilation: Compilation, artifact: Artifact): string {
  const { diagnostics } = compilation;
  const hint = diagnostics.some(({ level }) => level === 'note') ? ' (smic lint shows notes)' : '';
  const findings = diagnostics.length === 0 ? '' : `, ${findingWords(diagnostics)}${hint}`;
  return `compiled ${inputWords(compilation)}: ${artifactWords(artifact)}${findings}`;
}
