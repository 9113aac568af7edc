import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts';
import { load } from '../../compiler/load/load.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';
import { createMemory } from '../../compiler/memory.ts';
import { defaultOptions } from '../../compiler/options.ts';
import type { Objects } from '../../compiler/resources/objects.ts';
import { readObjects } from '../../compiler/resources/read-objects.ts';

/** Reads files (name → YAML), or one text as `test.yaml`. */
export function read(input: string | Readonly<Record<string, string>>): { readonly objects: Objects; readonly diagnostics: readonly Diagnostic[] } {
  const collector = createMemory();
  const texts = typeof input === 'string' ? { 'test.yaml': input } : input;
  const files = Object.entries(texts).map(([name, text]) => ({ name, text }));
  const objects = readObjects([{ key: 'all', objects: rawObjects(load(files, collector), collector) }], collector, { ...defaultOptions, isolate: false });
  return { objects, diagnostics: collector.diagnostics };
}

/** What is said of a text, one line a finding: `SMIC2003 4:9 spec.sources must be a list, found …`. */
export function findings(input: string | Readonly<Record<string, string>>): readonly string[] {
  return read(input).diagnostics.map(({ code, place, message }) => `${code} ${place?.line}:${place?.column} ${message}`);
}

/** The objects of a text that nothing is said of. */
export function readClean(input: string | Readonly<Record<string, string>>): Objects {
  const { objects, diagnostics } = read(input);
  if (diagnostics.length > 0) {
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  }
  return objects;
}
