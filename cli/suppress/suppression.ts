import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { matchesPattern } from './matches-pattern.ts';

/** Findings that the user doesn't want to see. Every field is a pattern with `*`. */
export interface Suppression {
  readonly code: string;
  /** Undefined: whatever the object, also none. */
  readonly object: { readonly kind: string; readonly namespace: string; readonly name: string } | undefined;
}

/** The findings that remain, and how many were taken out. An error always remains. */
export function suppress(
  diagnostics: readonly Diagnostic[],
  suppressions: readonly Suppression[],
): { readonly diagnostics: readonly Diagnostic[]; readonly suppressed: number } {
  const remaining = diagnostics.filter((diagnostic) => diagnostic.level === 'error' || !suppressions.some((rule) => covers(rule, diagnostic)));
  return { diagnostics: remaining, suppressed: diagnostics.length - remaining.length };
}

function covers({ code, object: wanted }: Suppression, diagnostic: Diagnostic): boolean {
  if (!matchesPattern(code, diagnostic.code)) {
    return false;
  }
  const { object } = diagnostic;
  return (
    wanted === undefined ||
    (object !== undefined &&
      matchesPattern(wanted.kind, object.kind) &&
      matchesPattern(wanted.namespace, object.namespace) &&
      matchesPattern(wanted.name, object.name))
  );
}
