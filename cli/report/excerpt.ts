import type { Place } from '../../compiler/diagnostics/diagnostic.ts';
import { printable } from '../terminal/printable.ts';
import { textWidth } from '../terminal/text-width.ts';

/** A line of source with the part that a finding is about. */
export interface Excerpt {
  /** Printable; cut around the marked part where the line is long. */
  readonly line: string;
  /** Columns of the terminal before the marked part, and in it (at least 1). */
  readonly indent: number;
  readonly width: number;
}

/** A line of minified JSON can be megabytes long. */
const longest = 120;
const before = 40;
const ellipsis = '…';

/** The excerpt for `place` out of its line; a range over several lines is marked to the end of its first. */
export function excerpt(line: string, place: Place): Excerpt {
  const start = Math.min(Math.max(place.column - 1, 0), line.length);
  const end = place.endLine > place.line ? line.trimEnd().length : Math.min(place.endColumn - 1, line.length);
  const [from, to] = line.length <= longest ? [0, line.length] : [Math.max(start - before, 0), Math.min(Math.max(start - before, 0) + longest, line.length)];
  const head = (from > 0 ? ellipsis : '') + show(line.slice(from, start));
  const marked = show(line.slice(start, Math.min(Math.max(end, start), to)));
  const tail = show(line.slice(Math.min(Math.max(end, start), to), to)) + (to < line.length ? ellipsis : '');
  return { line: `${head}${marked}${tail}`.trimEnd(), indent: textWidth(head), width: Math.max(textWidth(marked), 1) };
}

function show(text: string): string {
  return printable(text.replaceAll('\t', '  '));
}
