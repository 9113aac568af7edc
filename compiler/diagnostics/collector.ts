import { type Code, catalog } from './generated/catalog.ts';
import type { Diagnostic, ObjectReference, Place, Related } from './diagnostic.ts';
import { printable } from './printable.ts';

/** What a check says of a finding; level, and the default `why` and `fix`, come from the catalog. */
export interface Finding {
  readonly message: string;
  readonly why?: string;
  readonly fix?: string;
  readonly object?: ObjectReference;
  readonly place?: Place;
  /** Instead of `place`: see Diagnostic. */
  readonly path?: string;
  readonly related?: readonly Related[];
}

/** Collects findings while a stage runs. */
export interface Collector {
  report(code: Code, finding: Finding): void;
  readonly diagnostics: readonly Diagnostic[];
}

/** A new, empty collector. */
export function createCollector(): Collector {
  const diagnostics: Diagnostic[] = [];
  return {
    diagnostics,
    report(code, finding) {
      diagnostics.push(diagnosticOf(code, finding));
    },
  };
}

/** The finding with what the catalog says of its code. */
export function diagnosticOf(code: Code, finding: Finding): Diagnostic {
  const entry = catalog[code];
  return {
    code,
    level: entry.level,
    message: printable(finding.message),
    why: finding.why ?? entry.why,
    fix: finding.fix === undefined ? entry.fix : printable(finding.fix),
    ...(finding.object && { object: finding.object }),
    ...(finding.place && { place: finding.place }),
    ...(finding.path !== undefined && { path: finding.path }),
    related: (finding.related ?? []).map((other) => ({ ...other, message: printable(other.message) })),
  };
}
