import type { Collector, Finding } from '../diagnostics/collector.ts';
import type { Code } from '../diagnostics/generated/catalog.ts';
import type { Related } from '../diagnostics/diagnostic.ts';
import type { Path } from '../load/document.ts';
import { placed } from '../load/place.ts';
import type { Meta } from '../resources/objects.ts';
import { objectReference } from './object-name.ts';

/** Reports a finding at a part of an object. */
export function reportAt(
  collector: Collector,
  code: Code,
  meta: Meta,
  path: Path,
  finding: Omit<Finding, 'object' | 'place'>,
): void {
  collector.report(code, { ...finding, object: objectReference(meta), ...placed(meta.origin, path) });
}

/** Points at another object that helps to understand a finding. */
export function relatedTo(message: string, meta: Meta, path: Path = []): Related {
  return { message, object: objectReference(meta), ...placed(meta.origin, path) };
}
