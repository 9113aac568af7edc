import type { Place } from '../diagnostics/diagnostic.ts';

/** The place of a range of offsets in a text that starts on `line` of `file`. Columns count UTF-16 code units, from 1. */
export function placeOfRange(file: string, line: number, text: string, start: number, end: number): Place {
  const from = lineAndColumn(text, start);
  const to = lineAndColumn(text, Math.max(start, end));
  return { file, line: line + from.line, column: from.column, endLine: line + to.line, endColumn: to.column };
}

/** The line counts from 0, the column from 1. */
function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  return { line: countLines(text, 0, lineStart), column: offset - lineStart + 1 };
}

/** How many line feeds stand in a text from one offset to before another. */
export function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
