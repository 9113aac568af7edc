import { artifactFiles, compile, type CompileResult, type Place, type SourceFile } from '../../compiler/index.ts';
import type { CompileOptions } from '../../compiler/options.ts';

/** Compiles, and says what must never be, whatever the input. It throws what the compiler throws. */
export function judgeCompile(
  files: readonly SourceFile[],
  options: Partial<CompileOptions>,
): { readonly faults: readonly string[]; readonly result: CompileResult } {
  const result = compile(files, options);
  const { artifact, diagnostics } = result;
  const faults: string[] = [];
  const failed = diagnostics.some(({ level }) => level === 'error');
  if (failed && artifact) faults.push('an artifact together with an error');
  if (!failed && !artifact) faults.push('neither an artifact nor an error');
  for (const { code, message, why, fix, place, related } of diagnostics) {
    if (code === 'SMIC9001') faults.push(`the configuration does not hold together: ${message}`);
    if (message === '' || why === '' || fix === '') faults.push(`${code} does not say what, why and how`);
    for (const text of [message, fix, ...related.map((other) => other.message)]) {
      if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) faults.push(`${code} has control characters: ${JSON.stringify(text)}`);
    }
    for (const at of [place, ...related.map((other) => other.place)]) {
      if (at && !isWithin(at, files)) faults.push(`${code} has a place outside the text: ${JSON.stringify(at)}`);
    }
  }
  for (const { path } of artifact ? artifactFiles(artifact) : []) {
    if (!/^(?:[a-z0-9~+][a-z0-9.~+-]*\/)*[a-z0-9.-]+\.json$/.test(path) || path.split('/').includes('..')) {
      faults.push(`a file outside the folder: ${path}`);
    }
  }
  return { faults, result };
}

function isWithin({ file, line, column, endLine, endColumn }: Place, files: readonly SourceFile[]): boolean {
  return files
    .filter(({ name }) => name === file)
    .some(({ text }) => {
      const lines = text.split('\n');
      // A byte order mark is no part of the first line.
      const lengthOf = (number: number): number => (lines[number - 1] ?? '').length + 1;
      return (
        line >= 1 &&
        column >= 1 &&
        (endLine > line || (endLine === line && endColumn >= column)) &&
        endLine <= lines.length &&
        column <= lengthOf(line) &&
        endColumn <= lengthOf(endLine)
      );
    });
}
