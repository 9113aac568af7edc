import { compareText } from '../order.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A copy in the order in which findings are shown: by file, line, column, code, object, then message; those without a place last. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort(compareDiagnostics);
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  if (a.place && b.place) {
    const byPlace =
      compareText(a.place.file, b.place.file) || a.place.line - b.place.line || a.place.column - b.place.column;
    if (byPlace !== 0) return byPlace;
  } else if (a.place) {
    return -1;
  } else if (b.place) {
    return 1;
  }
  return compareText(a.code, b.code) || compareText(objectName(a), objectName(b)) || compareText(a.message, b.message) || compareText(a.path ?? '', b.path ?? '');
}

function objectName({ object }: Diagnostic): string {
  return object ? `${object.kind}/${object.namespace}/${object.name}` : '';
}
