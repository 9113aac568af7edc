import type { Diagnostic } from './diagnostic.ts';

/** Leaves out findings that say the same of the same place again: two stages may come upon one fault. */
export function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const said = new Set<string>();
  return diagnostics.filter(({ code, message, place, object, path }) => {
    const key = JSON.stringify([code, message, place ?? [object, path]]);
    return said.size !== said.add(key).size;
  });
}
