import type { Collector } from '../diagnostics/collector.ts';
import type { MeshService } from './mesh.ts';
import { relatedTo, reportAt } from './report-at.ts';
import type { SplitsByApex } from './splits.ts';

/** Reports each cycle of splits once and gives the Services in one. A Service that is its own backend is no cycle. */
export function reportCycles(splits: SplitsByApex, collector: Collector): ReadonlySet<MeshService> {
  const cyclic = new Set<MeshService>();
  const done = new Set<MeshService>();
  const visit = (service: MeshService, trail: readonly MeshService[]): void => {
    const start = trail.indexOf(service);
    if (start >= 0) {
      const cycle = trail.slice(start);
      for (const member of cycle) cyclic.add(member);
      const split = splits.get(service)?.[0]?.split;
      if (!split) return;
      reportAt(collector, 'SMIC4014', split.meta, ['spec', 'backends'], {
        message: `TrafficSplits go round in a circle: ${[...cycle, service].map(({ key }) => key).join(' → ')}`,
        related: cycle.slice(1).flatMap((member) => {
          const other = splits.get(member)?.[0];
          return other ? [relatedTo('also in the circle', other.split.meta)] : [];
        }),
      });
      return;
    }
    if (done.has(service)) return;
    for (const split of splits.get(service) ?? []) {
      for (const backend of split.backends) {
        if (backend.service !== service) visit(backend.service, [...trail, service]);
      }
    }
    done.add(service);
  };
  for (const service of splits.keys()) visit(service, []);
  return cyclic;
}
