import type { Collector } from '../diagnostics/collector.ts';
import type { MeshPort, MeshService } from './mesh.ts';
import { relatedTo, reportAt } from './report-at.ts';
import { backendsOnPort } from './split-backends.ts';
import type { ResolvedSplit, SplitsByApex } from './splits.ts';
import { type Fraction, plus, times, whole } from './weights.ts';

/**
 * Where the traffic to a backend ends: Service ports with their parts of it, and the TrafficSplits on the way. A part
 * without a port is denied.
 */
export interface Leaves {
  readonly parts: ReadonlyMap<MeshPort | undefined, Fraction>;
  readonly followed: ReadonlySet<ResolvedSplit>;
}

export interface LeafFinder {
  /** Follows a backend of a split. The split's own apex, listed as its backend, is a leaf. */
  follow(backend: MeshPort | undefined, from: ResolvedSplit): Leaves;
}

/**
 * Finds leaves, each backend once: splits of splits may share backends in any number.
 * @param broken Services whose splits can't be followed
 * @param isolate what can't be followed is denied; else it has been reported, and the backend stands for itself
 */
export function leafFinder(
  splits: SplitsByApex,
  broken: ReadonlySet<MeshService>,
  isolate: boolean,
  collector: Collector,
): LeafFinder {
  const found = new Map<MeshPort, Leaves>();
  const follow = (backend: MeshPort | undefined, from: ResolvedSplit): Leaves => {
    if (!backend) return leaf(undefined);
    const isBroken = broken.has(backend.service);
    const own = backend.service === from.apex || isBroken ? [] : (splits.get(backend.service) ?? []);
    const [next] = own;
    if (!next) return leaf(isolate && isBroken && backend.service !== from.apex ? undefined : backend);
    if (own.some((split) => split.matches.length > 0)) {
      reportAt(collector, 'SMIC4012', from.split.meta, ['spec', 'backends'], {
        message: `backend "${backend.service.key}" of TrafficSplit "${from.split.meta.name}" is split by matches itself, which can't be followed`,
        related: own.map((split) => relatedTo('the inner TrafficSplit', split.split.meta)),
      });
      return leaf(isolate ? undefined : backend);
    }
    const known = found.get(backend);
    if (known) return known;
    const leaves = through(next, backend, follow, isolate, collector);
    found.set(backend, leaves);
    return leaves;
  };
  return { follow };
}

function through(split: ResolvedSplit, port: MeshPort, follow: LeafFinder['follow'], isolate: boolean, collector: Collector): Leaves {
  const backends = backendsOnPort(split, port, isolate, collector);
  if (backends.length === 0) return leaf(port);
  const followed = new Set([split]);
  const parts = new Map<MeshPort | undefined, Fraction>();
  const total = BigInt(backends.reduce((sum, backend) => sum + backend.weight, 0));
  for (const backend of backends) {
    const part: Fraction = { numerator: BigInt(backend.weight), denominator: total };
    const inner = follow(backend.port, split);
    for (const passed of inner.followed) followed.add(passed);
    for (const [end, fraction] of inner.parts) parts.set(end, plus(parts.get(end), times(part, fraction)));
  }
  return { parts, followed };
}

function leaf(port: MeshPort | undefined): Leaves {
  return { parts: new Map([[port, whole]]), followed: new Set() };
}
