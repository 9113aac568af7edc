import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { printable } from '../terminal/printable.ts';
import { objectWords } from './object-words.ts';
import type { Reporter } from './report.ts';

/** One line a finding: `file:line:column: error SMIC3001: message`. What has no place begins with its object, or with `smic`. */
export const concise: Reporter = (report) => report.diagnostics.map((diagnostic) => `${conciseLine(diagnostic)}\n`).join('');

function conciseLine(diagnostic: Diagnostic): string {
  return printable(`${where(diagnostic)}: ${diagnostic.level} ${diagnostic.code}: ${diagnostic.message}`);
}

function where({ place, object }: Diagnostic): string {
  if (place) {
    return `${place.file}:${place.line}:${place.column}`;
  }
  return object ? objectWords(object) : 'smic';
}
