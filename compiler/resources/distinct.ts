import type { Collector } from '../diagnostics/collector.ts';
import { placed } from '../load/place.ts';
import { compareText } from '../order.ts';
import { canonical } from './canonical.ts';
import type { Meta } from './objects.ts';
import { groupOf } from './unread-kinds.ts';

/** Objects in two versions of an API may mean the same. */
const versions: ReadonlySet<string> = new Set(['apiVersion']);

/**
 * Sorts objects by namespace, name and group, and keeps one of those that share kind, group, namespace and name.
 * The first by API version, content, file and place is kept, so that the order of the input doesn't matter; ones that differ are
 * an error. Objects in two API versions are equal where they mean the same.
 */
export function distinct<Item extends { readonly meta: Meta }>(items: readonly Item[], collector: Collector): readonly Item[] {
  const sorted = [...items].sort(
    // Which of several is kept shows in the input's digest and in findings: it must not depend on where they stand.
    (a, b) =>
      compareNames(a.meta, b.meta) ||
      compareText(a.meta.apiVersion, b.meta.apiVersion) ||
      compareText(canonical(a, versions), canonical(b, versions)) ||
      compareOrigins(a.meta, b.meta),
  );
  const kept: Item[] = [];
  for (const item of sorted) {
    const last = kept.at(-1);
    if (last !== undefined && compareNames(last.meta, item.meta) === 0) reportDuplicate(last, item, collector);
    else kept.push(item);
  }
  return kept;
}

function reportDuplicate(kept: { readonly meta: Meta }, other: { readonly meta: Meta }, collector: Collector): void {
  // Whichever is kept, the reader comes upon the second one last.
  const [first, second] = compareOrigins(kept.meta, other.meta) < 0 ? [kept, other] : [other, kept];
  const { apiVersion, kind, namespace, name, origin } = second.meta;
  const title = `${kind} "${namespace === '' ? '' : `${namespace}/`}${name}"`;
  const same = canonical(first, versions) === canonical(second, versions);
  collector.report(same ? 'SMIC2009' : 'SMIC2010', {
    message: same ? `${title} is in the input twice, with the same content` : `${title} is in the input twice, with different content`,
    object: { apiVersion, kind, namespace, name },
    ...placed(origin, ['metadata', 'name']),
    related: [{ message: 'the other one', ...placed(first.meta.origin, ['metadata', 'name']) }],
  });
}

function compareNames(a: Meta, b: Meta): number {
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.name, b.name) ||
    compareText(a.kind, b.kind) ||
    (a.apiVersion === b.apiVersion ? 0 : compareText(groupOf(a.apiVersion), groupOf(b.apiVersion)))
  );
}

function compareOrigins({ origin: a }: Meta, { origin: b }: Meta): number {
  const byFile = compareText(a.document?.file ?? '', b.document?.file ?? '') || (a.document?.line ?? 0) - (b.document?.line ?? 0);
  if (byFile !== 0) return byFile;
  for (let index = 0; index < Math.max(a.path.length, b.path.length); index++) {
    const [stepA = -1, stepB = -1] = [a.path[index], b.path[index]];
    const byStep = typeof stepA === 'number' && typeof stepB === 'number' ? stepA - stepB : compareText(String(stepA), String(stepB));
    if (byStep !== 0) return byStep;
  }
  return 0;
}
