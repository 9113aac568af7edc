import type { Place } from '../diagnostics/diagnostic.ts';
import type { Origin, Path, TextOrigin } from './document.ts';
import { locate } from './locate.ts';
import type { EntryRange } from './record.ts';
import { pathText } from './words.ts';

/**
 * The place in the file of the part at `path` of an object; of its nearest existing parent where nothing stands there.
 * Without `part`: of the value, or of the key where the value is a block of lines or isn't written. Of a block only the
 * first line is given: a range of many lines helps nobody.
 */
export function placeOf({ document, path: objectPath }: TextOrigin, path: Path, part?: 'key' | 'value'): Place {
  const { value, ranges, positions } = document.locate?.() ?? locate(document.file, document.line, document.text);
  let container = value;
  let range: EntryRange | undefined;
  let complete = true;
  for (const step of [...objectPath, ...path]) {
    const next = typeof container === 'object' && container !== null ? ranges.get(container, step) : undefined;
    if (!next) {
      complete = false;
      break;
    }
    range = next;
    container = (container as Readonly<Record<string | number, unknown>>)[step];
  }
  const [start, end] = range ? offsets(document.text, range, complete ? part : undefined) : firstLine(document.text);
  return positions(start, end);
}

/** What a finding says of where it is: the place of the part at `path`, or for an object without a text the path itself. */
export function placed(origin: Origin, path: Path, part?: 'key' | 'value'): { readonly place: Place } | { readonly path: string } {
  return isText(origin) ? { place: placeOf(origin, path, part) } : { path: pathText(path) };
}

function isText(origin: Origin): origin is TextOrigin {
  return origin.document !== undefined;
}

function offsets(text: string, range: EntryRange, part: 'key' | 'value' | undefined): readonly [number, number] {
  const { keyStart, keyEnd, valueStart, valueEnd } = range;
  const isBlock = valueEnd === valueStart;
  const hasKey = keyStart !== -1;
  if (hasKey && (part === 'key' || valueStart === -1 || (isBlock && part === undefined))) return [keyStart, keyEnd];
  // An empty item of a list: nothing is written that could be pointed at.
  if (valueStart === -1) return firstLine(text);
  const lineEnd = endOfLine(text, valueStart);
  return [valueStart, isBlock ? lineEnd : Math.min(valueEnd, lineEnd)];
}

/** The first line of a document with content of its own: no comment, marker or directive. */
function firstLine(text: string): readonly [number, number] {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start) === -1 ? text.length : text.indexOf('\n', start);
    const [, indentation = '', content = ''] = /^([ \t]*)(.*?)[ \t\r]*$/s.exec(text.slice(start, end)) ?? [];
    if (content !== '' && !/^(?:#|%|---$|--- *#)/.test(content)) {
      return [start + indentation.length, start + indentation.length + content.length];
    }
    start = end + 1;
  }
  return [0, 0];
}

function endOfLine(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  let end = newline === -1 ? text.length : newline;
  // Not all white space: a no-break space is content in YAML.
  while (end > from && ' \t\r'.includes(text.charAt(end - 1))) end--;
  return end;
}
