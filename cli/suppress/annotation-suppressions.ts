import { type Code, catalog } from '../../compiler/diagnostics/generated/catalog.ts';
import { createCollector } from '../../compiler/diagnostics/collector.ts';
import type { Diagnostic, ObjectReference } from '../../compiler/diagnostics/diagnostic.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import type { RawObject, SourceFile } from '../../compiler/load/document.ts';
import { load } from '../../compiler/load/load.ts';
import { placed } from '../../compiler/load/place.ts';
import { rawObjects } from '../../compiler/load/raw-objects.ts';
import { suppressAnnotation, suppressedCodes } from '../../webhook/admission/suppressed-codes.ts';
import type { Suppression } from './suppression.ts';

/**
 * The suppressions that objects ask for themselves, and what is wrong with them.
 * Reads only files that mention the annotation, a second time: few do, and the compiler stays free of the matter.
 */
export function annotationSuppressions(files: readonly SourceFile[]): {
  readonly suppressions: readonly Suppression[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const mentioning = files.filter((file) => file.text.includes(suppressAnnotation));
  if (mentioning.length === 0) {
    return { suppressions: [], diagnostics: [] };
  }
  // What is wrong with these files the compiler reports.
  const silent = createCollector();
  const collector = createCollector();
  const suppressions = rawObjects(load(mentioning, silent), silent).flatMap((raw) => {
    const codes = suppressedCodes(raw.value);
    const object = reference(raw);
    return codes.flatMap((code) => {
      const entry = known(code);
      if (entry?.level === 'error' || entry === undefined) {
        const near = suggest(code, Object.keys(catalog));
        collector.report(entry ? 'SMIC1901' : 'SMIC1902', {
          message: entry
            ? `${raw.kind} "${object.name}" asks to suppress ${code}, which is an error.`
            : `${raw.kind} "${object.name}" asks to suppress ${JSON.stringify(code)}, which is no diagnostic of smic's.`,
          ...(near && !entry && { fix: `Did you mean ${near}?` }),
          object,
          ...placed(raw.origin, ['metadata', 'annotations', suppressAnnotation]),
        });
        return [];
      }
      // Without a namespace it is a cluster-scoped object, or one of the namespace "default".
      const namespaces = object.namespace === '' ? ['', 'default'] : [object.namespace];
      return namespaces.map((namespace) => ({ code, object: { kind: object.kind, namespace, name: object.name } }));
    });
  });
  return { suppressions, diagnostics: collector.diagnostics };
}

function known(code: string): { readonly level: string } | undefined {
  return Object.hasOwn(catalog, code) ? catalog[code as Code] : undefined;
}

function reference(raw: RawObject): ObjectReference {
  const { name, namespace } = mapping(raw.value['metadata']);
  return { apiVersion: raw.apiVersion, kind: raw.kind, namespace: typeof namespace === 'string' ? namespace : '', name: typeof name === 'string' ? name : '' };
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
