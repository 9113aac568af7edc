import type { Collector } from '../diagnostics/collector.ts';
import type { CompileOptions } from '../options.ts';
import { countObjects } from './count-objects.ts';
import type { Objects } from './objects.ts';

/** Refuses input without a single object of smic's, unless the caller allows it or something in it was refused already. */
export function checkEmpty(objects: Objects, { allowEmpty }: CompileOptions, collector: Collector): void {
  if (allowEmpty || Object.keys(countObjects(objects)).length > 0) return;
  if (collector.diagnostics.some(({ level }) => level === 'error')) return;
  const kinds = Object.entries(objects.skipped);
  const others = kinds.slice(0, 3).map(([kind, count]) => `${count} × ${kind}`);
  const rest = kinds.length > others.length ? ` and ${kinds.length - others.length} more kinds` : '';
  collector.report('SMIC1040', {
    message: `Nothing in the input is an object that smic reads${others.length > 0 ? `; skipped: ${others.join(', ')}${rest}` : ''}`,
  });
}
