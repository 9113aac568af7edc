/** What a check came to. A warning doesn't make the whole fail; what is skipped could not be asked. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** A line of a checkup. */
export interface Result {
  /** What holds if all is well, as "the API server answers". */
  readonly check: string;
  readonly verdict: Verdict;
  /** What is the matter, or what was found: a sentence each. */
  readonly words: readonly string[];
  /** Anchor on docs/operate.md, where it is told what to do. */
  readonly page?: string;
}

/** Checks that belong together. */
export interface Category {
  readonly title: string;
  readonly results: readonly Result[];
}

export function ok(check: string, ...words: readonly string[]): Result {
  return { check, verdict: 'ok', words };
}

/** @param page anchor on docs/operate.md */
export function failed(check: string, page: string, ...words: readonly string[]): Result {
  return { check, verdict: 'failed', words, page };
}

/** @param page anchor on docs/operate.md */
export function warning(check: string, page: string, ...words: readonly string[]): Result {
  return { check, verdict: 'warning', words, page };
}

export function skipped(check: string, ...words: readonly string[]): Result {
  return { check, verdict: 'skipped', words };
}

/** Whether nothing failed. */
export function allWell(categories: readonly Category[]): boolean {
  return categories.every(({ results }) => results.every(({ verdict }) => verdict !== 'failed'));
}
