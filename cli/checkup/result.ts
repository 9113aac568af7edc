/** What a check came to. A warning doesn't make the whole fail; what is skipped could not be asked. */
export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** Headings of docs/operate.md under which it is told what to do. */
export const pages = [
  'kubernetes-version',
  'permissions',
  'namespace',
  'open-service-mesh',
  'policy-kinds',
  'control-plane',
  'versions',
  'certificate-authority',
  'webhook',
  'webhook-certificate',
  'pods-without-sidecar',
  'pods-not-ready',
  'injection-annotations',
  'not-connected',
  'certificates',
  'refused',
  'policy',
] as const;
export type CheckPage = (typeof pages)[number];

/** A line of a checkup. */
export interface Result {
  /** What holds if all is well, as "the API server answers". */
  readonly check: string;
  readonly verdict: Verdict;
  /** What is the matter, or what was found: a sentence each. */
  readonly words: readonly string[];
  readonly page?: CheckPage;
}

/** Checks that belong together. */
export interface Category {
  readonly title: string;
  readonly results: readonly Result[];
}

export function ok(check: string, ...words: readonly string[]): Result {
  return { check, verdict: 'ok', words };
}

export function failed(check: string, page: CheckPage, ...words: readonly string[]): Result {
  return { check, verdict: 'failed', words, page };
}

export function warning(check: string, page: CheckPage, ...words: readonly string[]): Result {
  return { check, verdict: 'warning', words, page };
}

export function skipped(check: string, ...words: readonly string[]): Result {
  return { check, verdict: 'skipped', words };
}

/** Whether nothing failed. */
export function allWell(categories: readonly Category[]): boolean {
  return categories.every(({ results }) => results.every(({ verdict }) => verdict !== 'failed'));
}
