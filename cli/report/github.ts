import type { Diagnostic, Level } from '../../compiler/diagnostics/diagnostic.ts';
import { printableLines } from '../terminal/printable.ts';
import type { Reporter } from './report.ts';

/** GitHub Actions' workflow commands: each finding becomes an annotation on its line. */
export const github: Reporter = (report) => report.diagnostics.map((diagnostic) => `${command(diagnostic)}\n`).join('');

const commands = { error: 'error', warning: 'warning', note: 'notice' } as const satisfies Record<Level, string>;

function command({ code, level, message, why, fix, place }: Diagnostic): string {
  const properties = {
    ...(place && { file: place.file, line: place.line, col: place.column, endLine: place.endLine }),
    title: code,
  };
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  const text = [message, why && `Why: ${why}`, fix && `Fix: ${fix}`].filter((part) => part !== '').join('\n');
  return `::${commands[level]} ${list.join(',')}::${escapeData(printableLines(text))}`;
}

// The escapes of github.com/actions/toolkit, packages/core/src/command.ts.
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
