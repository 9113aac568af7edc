import type { Place } from '../diagnostics/diagnostic.ts';

/** Turns offsets of one document's text into places in its file. */
export type Positions = (start: number, end: number) => Place;

/**
 * Positions in a text that starts on `line` of `file`. Columns count UTF-16 code units, from 1.
 * The lines' starts are found once, so that thousands of findings in one large document cost no more than they must.
 */
export function createPositions(file: string, line: number, text: string): Positions {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);

  /** The index of the last line that starts at or before an offset. */
  function lineAt(offset: number): number {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return (start, end) => {
    const from = lineAt(start);
    const to = lineAt(Math.max(start, end));
    return {
      file,
      line: line + from,
      column: start - (starts[from] ?? 0) + 1,
      endLine: line + to,
      endColumn: Math.max(start, end) - (starts[to] ?? 0) + 1,
    };
  };
}

/** How many line feeds stand in a text from one offset to before another. */
export function countLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
