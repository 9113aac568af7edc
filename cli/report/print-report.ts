import type { Compilation } from '../compile/run-compiler.ts';
import type { Level } from '../../compiler/diagnostics/diagnostic.ts';
import type { Output } from '../terminal/terminal.ts';
import { loadReporter, type ReporterName } from './load-reporter.ts';

/** The format that findings take on `output` if none was asked for. */
export function reporterFor(output: Output, asked: ReporterName | undefined): ReporterName {
  return asked ?? (output.isTTY ? 'pretty' : 'concise');
}

/** Prints the findings of `compilation` to `output`. */
export async function printReport(output: Output, name: ReporterName, compilation: Compilation, failOn: Level): Promise<void> {
  const reporter = await loadReporter(name);
  const files = new Map(compilation.files.map(({ name: file, text }) => [file, text]));
  await output.write(reporter({ diagnostics: compilation.diagnostics, suppressed: compilation.suppressed, files, failOn }, { color: output.color }));
}
