import type { Diagnostic, Level } from '../../compiler/diagnostics/diagnostic.ts';

/** What a reporter is given. */
export interface Report {
  /** Sorted; without the suppressed ones. */
  readonly diagnostics: readonly Diagnostic[];
  /** How many findings were suppressed. */
  readonly suppressed: number;
  /** The files that were read: name → text. */
  readonly files: ReadonlyMap<string, string>;
  /** From which level on a finding means `no`. */
  readonly failOn: Level;
}

/** Turns findings into one format's text. Ends with a newline, or is empty. */
export type Reporter = (report: Report, look: { readonly color: boolean }) => string;

/** From worst to mildest. */
export const levels = ['error', 'warning', 'note'] as const satisfies readonly Level[];

/** True if `level` is as bad as `limit`, or worse. */
export function reaches(level: Level, limit: Level): boolean {
  return levels.indexOf(level) <= levels.indexOf(limit);
}

/** How many findings there are of each level. */
export function countLevels(diagnostics: readonly Diagnostic[]): Readonly<Record<Level, number>> {
  const counts = { error: 0, warning: 0, note: 0 };
  for (const { level } of diagnostics) {
    counts[level] += 1;
  }
  return counts;
}
