import type { Collector, Finding } from '../diagnostics/collector.ts';
import { catalog, type Code } from '../diagnostics/generated/catalog.ts';
import type { Path } from '../load/document.ts';
import { placed } from '../load/place.ts';
import type { Meta } from './objects.ts';

/** What the reader of one object gets besides the object. */
export interface Reading {
  readonly meta: Meta;
  readonly collector: Collector;
  /** Why Envoy would refuse a regex; remembers its answers. */
  readonly regexProblem: (pattern: string) => string | undefined;
  /** Set by the first error: the object is left out then. */
  failed: boolean;
}

/** Reports what is wrong with a part of the object that is being read. */
export function fault(
  reading: Reading,
  code: Code,
  path: Path,
  message: string,
  { part, ...more }: Pick<Finding, 'fix' | 'why' | 'related'> & { readonly part?: 'key' } = {},
): void {
  const { apiVersion, kind, namespace, name, origin } = reading.meta;
  const object = { apiVersion, kind, namespace, name };
  reading.collector.report(code, { ...more, message, object, ...placed(origin, path, part) });
  if (catalog[code].level === 'error') {
    reading.failed = true;
  }
}
