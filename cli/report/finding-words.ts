import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { plural } from '../terminal/plural.ts';
import { countLevels } from './report.ts';

/** `2 errors, 1 warning`, or `no findings`. */
export function findingWords(diagnostics: readonly Diagnostic[]): string {
  const counts = countLevels(diagnostics);
  const parts = [
    ...(counts.error > 0 ? [plural(counts.error, 'error')] : []),
    ...(counts.warning > 0 ? [plural(counts.warning, 'warning')] : []),
    ...(counts.note > 0 ? [plural(counts.note, 'note')] : []),
  ];
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}
