import type { Collector } from '../diagnostics/collector.ts';
import type { MeshPort, MeshService, Branch, Routing, Share } from './mesh.ts';
import { compareText } from '../order.ts';
import { relatedTo, reportAt } from './report-at.ts';
import { backendsOnPort, type PortBackend } from './split-backends.ts';
import { reportCycles } from './split-cycles.ts';
import { type LeafFinder, leafFinder } from './split-leaves.ts';
import type { ResolvedSplit, SplitsByApex } from './splits.ts';
import { type Fraction, fittingWeights, plus, times, wholeWeights } from './weights.ts';

/**
 * Where the traffic to each Service port goes. A backend that is an apex itself is followed, so every share ends at a
 * Service's own pods. Cycles, backends without the port and ports of another protocol are reported.
 */
export function routings(
  services: readonly MeshService[],
  splits: SplitsByApex,
  collector: Collector,
): ReadonlyMap<MeshPort, Routing> {
  const cyclic = reportCycles(splits, collector);
  const leaves = leafFinder(splits, cyclic, collector);
  const result = new Map<MeshPort, Routing>();
  for (const service of services) {
    const own = cyclic.has(service) ? [] : (splits.get(service) ?? []);
    const applied = new Set<ResolvedSplit>();
    for (const port of service.ports) {
      result.set(port, { port, branches: branches(port, own, applied, leaves, collector) });
    }
    for (const split of own) if (!applied.has(split)) reportNoCommonPort(split, collector);
  }
  return result;
}

function branches(
  port: MeshPort,
  own: readonly ResolvedSplit[],
  applied: Set<ResolvedSplit>,
  leaves: LeafFinder,
  collector: Collector,
): readonly Branch[] {
  const result: Branch[] = [];
  for (const split of own) {
    const backends = backendsOnPort(split, port, collector);
    if (backends.length === 0) continue;
    applied.add(split);
    if (split.matches.length > 0 && port.layer === 'tcp') {
      reportAt(collector, 'SMIC4011', split.split.meta, ['spec', 'matches'], {
        message: `TrafficSplit "${split.split.meta.name}" has matches, which can't be told apart on TCP port ${port.port} of Service "${port.service.key}": it has no effect there`,
      });
      continue;
    }
    const { shares, followed } = sharesOf(split, backends, leaves);
    const splits = [split.split.meta, ...followed];
    if (split.matches.length === 0) result.push({ match: undefined, shares, splits });
    else for (const match of split.matches) result.push({ match, shares, splits });
  }
  if (result.at(-1)?.match !== undefined || result.length === 0) {
    result.push({ match: undefined, shares: [{ port, weight: 1 }], splits: [] });
  }
  return result;
}

function sharesOf(
  split: ResolvedSplit,
  backends: readonly PortBackend[],
  leaves: LeafFinder,
): { readonly shares: readonly Share[]; readonly followed: Branch['splits'] } {
  const total = BigInt(backends.reduce((sum, backend) => sum + backend.weight, 0));
  const followed = new Set<ResolvedSplit>();
  const parts = new Map<MeshPort, Fraction>();
  for (const backend of backends) {
    const part: Fraction = { numerator: BigInt(backend.weight), denominator: total };
    const inner = leaves.follow(backend.port, split);
    for (const passed of inner.followed) followed.add(passed);
    for (const [leaf, fraction] of inner.parts) {
      parts.set(leaf, plus(parts.get(leaf), times(part, fraction)));
    }
  }
  const ordered = [...parts].sort(([a], [b]) => compareText(a.key, b.key));
  // Without nesting the weights stay as the user wrote them: that is what a reviewer looks for.
  const weights =
    followed.size === 0
      ? fittingWeights(ordered.map(([leaf]) => weightOn(leaf, backends)))
      : wholeWeights(ordered.map(([, fraction]) => fraction));
  return {
    shares: ordered.map(([leaf], index) => ({ port: leaf, weight: weights[index] ?? 0 })),
    followed: [...followed].map((inner) => inner.split.meta).sort((a, b) => compareText(a.name, b.name)),
  };
}

function weightOn(leaf: MeshPort, backends: readonly PortBackend[]): number {
  return backends.filter(({ port }) => port === leaf).reduce((sum, { weight }) => sum + weight, 0);
}

function reportNoCommonPort({ split, apex, backends }: ResolvedSplit, collector: Collector): void {
  for (const backend of backends.filter(({ weight }) => weight > 0)) {
    reportAt(collector, 'SMIC4004', split.meta, ['spec', 'backends', backend.index, 'service'], {
      message: `backend Service "${backend.service.key}" has none of the ports of the apex "${apex.key}" (${apex.ports.map(({ port }) => port).join(', ') || 'none'})`,
      related: [relatedTo('the backend', backend.service.meta, ['spec', 'ports'])],
    });
  }
}
