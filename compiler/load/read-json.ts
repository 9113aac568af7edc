import { maxDepth } from './problem.ts';
import type { EntryRange, Recorder } from './record.ts';

type ValueRange = Pick<EntryRange, 'valueStart' | 'valueEnd'>;

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const literals: readonly (readonly [string, boolean | null])[] = [['true', true], ['false', false], ['null', null]];

/**
 * Reads a text that is one JSON object or list. Undefined where it isn't, also for duplicate keys and runaway depth,
 * which `JSON.parse` lets through: the YAML reader reads JSON too, and words what is wrong with it.
 */
export function readJson(text: string, recorder?: Recorder): { readonly value: unknown } | undefined {
  let at = 0;
  let range: ValueRange = { valueStart: 0, valueEnd: 0 };

  function skipSpace(): void {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      at++;
    }
  }

  /** Undefined, as in all that follows: not what this reader reads. */
  function readValue(depth: number): unknown {
    const valueStart = at;
    const code = text.charCodeAt(at);
    const value = code === 0x7b ? readObject(depth + 1) : code === 0x5b ? readArray(depth + 1) : code === 0x22 ? readString() : readWord();
    range = { valueStart, valueEnd: at };
    return value;
  }

  function readObject(depth: number): object | undefined {
    const object: Record<string, unknown> = {};
    if (depth > maxDepth) return undefined;
    at++;
    skipSpace();
    if (text.charCodeAt(at) === 0x7d) {
      at++;
      return object;
    }
    for (;;) {
      const keyStart = at;
      const key = text.charCodeAt(at) === 0x22 ? readString() : undefined;
      const keyEnd = at;
      // Also finds what an object inherits (`__proto__`, `constructor`): for the YAML reader, as duplicates are.
      if (key === undefined || object[key] !== undefined || keyEnd - keyStart > 1000) return undefined;
      skipSpace();
      if (text.charCodeAt(at++) !== 0x3a) return undefined;
      skipSpace();
      const value = readValue(depth);
      if (value === undefined) return undefined;
      object[key] = value;
      recorder?.set(object, key, { keyStart, keyEnd, ...range });
      skipSpace();
      const code = text.charCodeAt(at++);
      if (code === 0x7d) return object;
      if (code !== 0x2c) return undefined;
      skipSpace();
    }
  }

  function readArray(depth: number): unknown[] | undefined {
    const list: unknown[] = [];
    if (depth > maxDepth) return undefined;
    at++;
    skipSpace();
    if (text.charCodeAt(at) === 0x5d) {
      at++;
      return list;
    }
    for (;;) {
      const value = readValue(depth);
      if (value === undefined) return undefined;
      recorder?.set(list, list.length, { keyStart: -1, keyEnd: -1, ...range });
      list.push(value);
      skipSpace();
      const code = text.charCodeAt(at++);
      if (code === 0x5d) return list;
      if (code !== 0x2c) return undefined;
      skipSpace();
    }
  }

  function readString(): string | undefined {
    // Most strings have no escape: one search finds their end.
    const close = text.indexOf('"', at + 1);
    const plain = text.slice(at + 1, close);
    if (close !== -1 && plain.length < 200 && !/[\\\u0000-\u001f]/.test(plain)) {
      at = close + 1;
      return plain;
    }
    string.lastIndex = at;
    const found = string.exec(text)?.[0];
    if (found === undefined) return undefined;
    at += found.length;
    return JSON.parse(found) as string;
  }

  function readWord(): number | boolean | null | undefined {
    number.lastIndex = at;
    const digits = number.exec(text)?.[0];
    if (digits !== undefined) {
      at += digits.length;
      // `+ 0` turns -0 into 0.
      return Number(digits) + 0;
    }
    const literal = literals.find(([word]) => text.startsWith(word, at));
    if (literal) at += literal[0].length;
    return literal?.[1];
  }

  skipSpace();
  const first = text.charCodeAt(at);
  if (first !== 0x7b && first !== 0x5b) return undefined;
  const value = readValue(0);
  skipSpace();
  return value === undefined || at < text.length ? undefined : { value };
}
