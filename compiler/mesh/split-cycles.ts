import type { Collector } from '../diagnostics/collector.ts';
import { compareText } from '../order.ts';
import type { MeshService } from './mesh.ts';
import { relatedTo, reportAt } from './report-at.ts';
import type { SplitsByApex } from './splits.ts';

/** Splits of splits may nest this deep. Nobody comes near it, and it bounds the work on hostile input. */
const deepest = 32;

/**
 * Reports each cycle of splits once, and splits that nest too deeply; gives the Services whose splits can't be followed for
 * it. A Service that is its own backend is no cycle.
 */
export function reportCycles(splits: SplitsByApex, collector: Collector): ReadonlySet<MeshService> {
  const stuck = new Set<MeshService>();
  const heights = new Map<MeshService, number>();
  /** The number of splits on the longest way from the Service to where its traffic ends. */
  const visit = (service: MeshService, trail: readonly MeshService[]): number => {
    const start = trail.indexOf(service);
    if (start >= 0) {
      const cycle = trail.slice(start);
      for (const member of cycle) stuck.add(member);
      reportCycle(cycle, splits, collector);
      return 0;
    }
    const own = splits.get(service) ?? [];
    const known = heights.get(service);
    if (known !== undefined || own.length === 0) return known ?? 0;
    if (trail.length >= deepest) {
      // Not remembered: from here on it has not been looked at.
      reportDepth(trail[0] ?? service, splits, collector);
      return Infinity;
    }
    const inner = own
      .flatMap(({ backends }) => backends.flatMap((backend) => backend.service ?? []))
      .filter((backend) => backend !== service)
      // Which circle is told first must not depend on the order in a list.
      .sort((a, b) => compareText(a.key, b.key))
      .map((backend) => visit(backend, [...trail, service]));
    const height = 1 + Math.max(0, ...inner);
    heights.set(service, height);
    if (height > deepest) {
      stuck.add(service);
      // Only where the limit is crossed, if that isn't told yet: those above are too deep for the same reason.
      if (height === deepest + 1) reportDepth(service, splits, collector);
    }
    return height;
  };
  for (const service of splits.keys()) visit(service, []);
  return stuck;
}

function reportCycle(cycle: readonly MeshService[], splits: SplitsByApex, collector: Collector): void {
  const [first, ...others] = cycle;
  const split = first && splits.get(first)?.[0]?.split;
  if (!split) return;
  reportAt(collector, 'SMIC4014', split.meta, ['spec', 'backends'], {
    message: `TrafficSplits go round in a circle: ${[...cycle, first].map(({ key }) => key).join(' → ')}`,
    related: others.flatMap((member) => {
      const other = splits.get(member)?.[0];
      return other ? [relatedTo('also in the circle', other.split.meta)] : [];
    }),
  });
}

function reportDepth(service: MeshService, splits: SplitsByApex, collector: Collector): void {
  const split = splits.get(service)?.[0]?.split;
  if (!split) return;
  reportAt(collector, 'SMIC4019', split.meta, ['spec', 'backends'], {
    message: `from the apex "${service.key}" on, TrafficSplits nest more than ${deepest} levels deep`,
  });
}
