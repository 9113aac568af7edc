import { type Collector, diagnosticOf, type Finding } from './diagnostics/collector.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import type { Code } from './diagnostics/generated/catalog.ts';

/**
 * A collector that also remembers what was made, from one compilation to the next: what has the same inputs isn't made
 * again, and what was found while it was made counts as found again. A new memory remembers nothing, and a compilation
 * with it is one from scratch.
 *
 * Inputs are compared one by one, by identity: so what is made must be a function of them, and what didn't change must
 * be the same object as before. What a compilation doesn't ask for is forgotten at its end.
 */
export interface Memory extends Collector {
  /**
   * What was made under the key from these inputs; `make` is called where they are others than last time. It gets a memory
   * of its own, for the parts. A key is asked for once in a compilation; it is a text or an object, and then held on to.
   */
  keep<Result>(key: unknown, inputs: readonly unknown[], make: (parts: Memory) => Result): Result;
  /** Makes it each time; its parts are remembered. */
  part<Result>(key: unknown, make: (parts: Memory) => Result): Result;
  /** The list, or the one before under the key where that had the same items. */
  same<Item>(key: unknown, list: readonly Item[]): readonly Item[];
  /** The value, or the one before under the key where that has the same content. For plain data without cycles. */
  alike<Value>(key: unknown, value: Value): Value;
  /** The value, or where it is undefined the last that was not. */
  latest<Value>(key: unknown, value: Value | undefined): Value | undefined;
}

/** The memory of a whole compiler. */
export interface RootMemory extends Memory {
  /** Forgets what was found, and begins to note what is asked for. */
  begin(): void;
  /** Forgets what wasn't asked for since `begin`. */
  end(): void;
}

interface Entry {
  inputs: readonly unknown[];
  result: unknown;
  readonly parts: Parts;
  round: number;
}

/** A memory without anything in it. */
export function createMemory(): RootMemory {
  return new Parts();
}

class Parts implements RootMemory {
  #entries: Map<unknown, Entry> | undefined;
  #found: Diagnostic[] = [];
  #round = 0;
  #asked = 0;

  get diagnostics(): readonly Diagnostic[] {
    return this.#found;
  }

  begin(): void {
    this.#found = [];
    this.#round += 1;
    this.#asked = 0;
  }

  end(): void {
    if (!this.#entries || this.#entries.size === this.#asked) return;
    for (const [key, { round }] of this.#entries) if (round !== this.#round) this.#entries.delete(key);
  }

  report(code: Code, finding: Finding): void {
    this.#found.push(diagnosticOf(code, finding));
  }

  keep<Result>(key: unknown, inputs: readonly unknown[], make: (parts: Memory) => Result): Result {
    const known = this.#entries?.get(key);
    if (known && sameItems(known.inputs, inputs)) {
      this.#ask(known);
      return known.result as Result;
    }
    // Should it throw, what is half made must not be taken for made.
    this.#entries?.delete(key);
    const parts = known?.parts ?? new Parts();
    parts.begin();
    const result = make(parts);
    parts.end();
    this.#set(key, { inputs, result, parts, round: 0 });
    return result;
  }

  part<Result>(key: unknown, make: (parts: Memory) => Result): Result {
    return this.keep(key, [{}], make);
  }

  same<Item>(key: unknown, list: readonly Item[]): readonly Item[] {
    return this.keep(key, list, () => list);
  }

  alike<Value>(key: unknown, value: Value): Value {
    const known = this.#entries?.get(key);
    const same = known !== undefined && sameContent(known.result, value);
    return this.keep(key, [same ? known.result : value], () => value);
  }

  latest<Value>(key: unknown, value: Value | undefined): Value | undefined {
    const known = value ?? (this.#entries?.get(key)?.result as Value | undefined);
    return this.keep(key, [known], () => known);
  }

  #set(key: unknown, entry: Entry): void {
    this.#entries ??= new Map();
    this.#entries.set(key, entry);
    this.#ask(entry);
  }

  #ask(entry: Entry): void {
    if (entry.round !== this.#round) this.#asked += 1;
    entry.round = this.#round;
    for (const diagnostic of entry.parts.diagnostics) this.#found.push(diagnostic);
  }
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** Whether two values of plain data say the same. */
function sameContent(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>];
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && sameContent(one[key], other[key]));
}
