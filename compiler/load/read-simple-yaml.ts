import { isAmbiguous, readPlain } from './plain-scalar.ts';
import type { EntryRange, Recorder } from './record.ts';

/*
 * Nearly all Kubernetes YAML, and all that kubectl prints, is written in a small part of the language: block mappings and
 * lists, scalars on one line, short flow lists of words. This reader knows that part only and is many times as fast as
 * the full one. Whatever else it meets, broken text included, it leaves to the full reader, which also words what is
 * wrong. So it reports nothing, and gives what the full reader gives or nothing (a property test compares the two).
 */

/** Characters that this reader leaves to the full one: tabs, carriage returns, controls, surrogates and the like. */
const unusual = /[^\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffc]/;

/** JSON's escapes mean the same in YAML. */
const doubleQuoted = /^"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"$/;
const singleQuoted = /^'(?:[^']|'')*'$/;
const flowWord = /^[A-Za-z0-9_./][A-Za-z0-9_./-]*$/;
const flowQuoted = /^"[^"\\,]*"$/;

const maxSimpleDepth = 50;
const maxKeyLength = 200;

type ValueRange = Pick<EntryRange, 'valueStart' | 'valueEnd'>;
const nothingWritten: ValueRange = { valueStart: -1, valueEnd: -1 };

/** Reads a document in the simple style; undefined where it isn't one. An empty document's value is undefined. */
export function readSimpleYaml(text: string, recorder?: Recorder): { readonly value: unknown } | undefined {
  if (unusual.test(text)) return undefined;

  // The current line: its indentation (-1 at the end of the text), and where its content starts and ends.
  let indent = -1;
  let start = 0;
  let end = 0;
  let lineEnd = -1;
  // Where the value that was read last stands.
  let range: ValueRange = nothingWritten;

  function nextLine(): void {
    for (let begin = lineEnd + 1; begin < text.length; begin = lineEnd + 1) {
      const newline = text.indexOf('\n', begin);
      lineEnd = newline === -1 ? text.length : newline;
      start = begin;
      while (text.charCodeAt(start) === 0x20) start++;
      if (start >= lineEnd || text.charCodeAt(start) === 0x23) continue;
      indent = start - begin;
      end = lineEnd;
      while (text.charCodeAt(end - 1) === 0x20) end--;
      return;
    }
    indent = -1;
  }

  /**
   * The block that begins at the current line. Undefined, as in all that follows: not in the simple style.
   * A block ends at the first line with another indentation than its own; one that fits no block around it either, such as
   * a second line of a scalar, is left over in the end.
   */
  function readBlock(depth: number): unknown {
    if (depth > maxSimpleDepth) return undefined;
    const blockStart = start;
    const value = isItem() ? readList(indent, depth) : readMap(indent, depth);
    range = { valueStart: blockStart, valueEnd: blockStart };
    return value;
  }

  function isItem(): boolean {
    return text.charCodeAt(start) === 0x2d && (start + 1 === end || text.charCodeAt(start + 1) === 0x20);
  }

  function readList(own: number, depth: number): unknown[] | undefined {
    const list: unknown[] = [];
    while (indent === own && isItem()) {
      const value = readItem(own, depth);
      if (value === undefined) return undefined;
      recorder?.set(list, list.length, { keyStart: -1, keyEnd: -1, ...range });
      list.push(value);
    }
    return list;
  }

  function readItem(own: number, depth: number): unknown {
    if (start + 1 === end) {
      nextLine();
      return indent > own ? readBlock(depth + 1) : readNothing();
    }
    let content = start + 1;
    while (text.charCodeAt(content) === 0x20) content++;
    const dash = start;
    start = content;
    if (!isItem() && keyEnd() === -1) return readScalar(content);
    // A block that begins behind the dash is indented as far as its first line's content.
    indent = own + content - dash;
    return readBlock(depth + 1);
  }

  function readMap(own: number, depth: number): object | undefined {
    const map: Record<string, unknown> = {};
    while (indent === own) {
      const from = start;
      const to = keyEnd();
      if (to === -1) return undefined;
      const key = text.slice(from, to);
      // Also finds what an object inherits (`__proto__`, `constructor`): for the full reader, as duplicates are.
      if (map[key] !== undefined || (key.length <= 5 && readPlain(key) !== key)) return undefined;
      let value: unknown;
      if (to + 1 === end) {
        nextLine();
        value = indent > own || (indent === own && isItem()) ? readBlock(depth + 1) : readNothing();
      } else {
        let content = to + 1;
        while (text.charCodeAt(content) === 0x20) content++;
        value = readScalar(content);
      }
      if (value === undefined) return undefined;
      map[key] = value;
      recorder?.set(map, key, { keyStart: from, keyEnd: to, ...range });
    }
    return map;
  }

  /** Where the key ends that the current line begins with, at its colon; -1 where it doesn't begin with a simple one. */
  function keyEnd(): number {
    const first = text.charCodeAt(start) | 0x20;
    // A letter, an underscore (0x5f | 0x20 is 0x7f) or a slash.
    if (!((first >= 0x61 && first <= 0x7a) || first === 0x7f || first === 0x2f)) return -1;
    const last = Math.min(end, start + maxKeyLength);
    for (let at = start + 1; at < last; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x20 || code > 0x7e) return -1;
      if (code === 0x3a && (at + 1 === end || text.charCodeAt(at + 1) === 0x20)) return at;
    }
    return -1;
  }

  function readNothing(): null {
    range = nothingWritten;
    return null;
  }

  /** The value from `content` to the end of the line. */
  function readScalar(content: number): unknown {
    let to = end;
    let source = text.slice(content, to);
    let value: unknown;
    const first = source.charCodeAt(0);
    if (first === 0x22) {
      value = doubleQuoted.test(source) ? (source.includes('\\') ? JSON.parse(source) : source.slice(1, -1)) : undefined;
    } else if (first === 0x27) {
      value = singleQuoted.test(source) ? source.slice(1, -1).replaceAll("''", "'") : undefined;
    } else if (first === 0x5b) {
      value = readFlowList(source, content);
    } else if (first === 0x7b) {
      value = source === '{}' ? {} : undefined;
    } else {
      const comment = source.indexOf(' #');
      if (comment !== -1) {
        to = content + comment;
        while (text.charCodeAt(to - 1) === 0x20) to--;
        source = text.slice(content, to);
      }
      value = readPlainScalar(source);
    }
    nextLine();
    range = { valueStart: content, valueEnd: to };
    return value;
  }

  function readFlowList(source: string, offset: number): unknown[] | undefined {
    if (!source.endsWith(']')) return undefined;
    const list: unknown[] = [];
    if (source === '[]') return list;
    let at = offset + 1;
    for (const part of source.slice(1, -1).split(',')) {
      const word = trimSpaces(part);
      const value = flowQuoted.test(word) ? word.slice(1, -1) : flowWord.test(word) ? readPlainScalar(word) : undefined;
      if (value === undefined) return undefined;
      const valueStart = at + part.indexOf(word);
      recorder?.set(list, list.length, { keyStart: -1, keyEnd: -1, valueStart, valueEnd: valueStart + word.length });
      list.push(value);
      at += part.length + 1;
    }
    return list;
  }

  nextLine();
  if (indent === -1) return { value: undefined };
  // Content may begin indented, but then all of it is.
  const value = readBlock(0);
  return value === undefined || indent !== -1 ? undefined : { value };
}

function readPlainScalar(source: string): unknown {
  const first = source.charAt(0);
  // A minus may begin a number; whatever else it begins, like all indicators, is not for this reader.
  if ('?:,[]{}#&*!|>\'"%@`'.includes(first) || (first === '-' && !/^-[0-9]/.test(source))) return undefined;
  if (source.includes(': ') || source.endsWith(':') || isAmbiguous(source)) return undefined;
  return readPlain(source);
}

/** Not `trim`: white space beyond ASCII is content in YAML. */
function trimSpaces(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) === 0x20) from++;
  while (to > from && text.charCodeAt(to - 1) === 0x20) to--;
  return text.slice(from, to);
}
