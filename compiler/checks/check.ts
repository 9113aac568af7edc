import type { Collector } from '../diagnostics/collector.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { OutboundCatalog } from '../mesh/outbound.ts';
import type { Objects } from '../resources/objects.ts';

/** What checks may look at. */
export interface CheckInput extends Omit<Mesh, 'classes'>, Pick<Objects, 'httpRouteGroups' | 'namespaces' | 'podControllers' | 'pods' | 'trafficSplits'> {
  readonly outbound: OutboundCatalog;
}

/** Looks for one kind of trouble in a mesh whose names all resolve, and reports it. */
export interface Check {
  /** What it looks at: while that stays the same, it finds the same. */
  readonly needs: readonly (keyof CheckInput)[];
  readonly find: (input: CheckInput, collector: Collector) => void;
}

/** A check that gets to see what it says that it needs, and nothing else. */
export function check<Need extends keyof CheckInput>(
  needs: readonly Need[],
  find: (input: Pick<CheckInput, Need>, collector: Collector) => void,
): Check {
  return { needs, find };
}
