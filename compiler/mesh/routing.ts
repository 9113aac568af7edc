import { type Collector, createCollector } from '../diagnostics/collector.ts';
import type { Memory } from '../memory.ts';
import type { Branch, MeshPort, MeshService, Routing } from './mesh.ts';
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
 * @param isolate what a TrafficSplit says and can't be done is denied
 */
export function routings(
  services: readonly MeshService[],
  splits: SplitsByApex,
  isolate: boolean,
  memory: Memory,
): ReadonlyMap<MeshPort, Routing> {
  const cyclic = reportCycles(splits, memory);
  const broken = isolate ? new Set([...cyclic, ...[...splits.keys()].filter((apex) => hasUselessSplit(apex, splits.get(apex) ?? []))]) : cyclic;
  const leaves = leafFinder(splits, broken, isolate, memory);
  const result = new Map<MeshPort, Routing>();
  for (const service of services) {
    const all = splits.get(service);
    if (!all) {
      for (const routing of memory.keep(service, [], () => service.ports.map(unsplit))) result.set(routing.port, routing);
      continue;
    }
    const own = cyclic.has(service) ? [] : all;
    const applied = new Set<ResolvedSplit>();
    for (const port of service.ports) {
      const made = branches(port, own, applied, leaves, isolate, memory);
      const found = isolate && broken.has(service) ? [deniedBranch(all)] : made;
      result.set(port, memory.keep(port, contentOf(found), () => ({ port, branches: found })));
    }
    for (const split of own) if (!applied.has(split)) reportNoCommonPort(split, memory);
  }
  return result;
}

function unsplit(port: MeshPort): Routing {
  return { port, branches: [{ match: undefined, shares: [{ port, weight: 1 }], denied: 0, splits: [] }] };
}

/** A split that no port of the apex can be routed by. */
function hasUselessSplit(apex: MeshService, splits: readonly ResolvedSplit[]): boolean {
  const silent = createCollector();
  return splits.some((split) => apex.ports.every((port) => backendsOnPort(split, port, true, silent).length === 0));
}

function deniedBranch(splits: readonly ResolvedSplit[]): Branch {
  return { match: undefined, shares: [], denied: 1, splits: splits.map(({ split }) => split.meta) };
}

/** All that branches are made of: from the same, the same routing is made. */
function contentOf(found: readonly Branch[]): readonly unknown[] {
  return found.flatMap(({ match, shares, denied, splits }) => [match, denied, shares.length, ...shares.flatMap(({ port, weight }) => [port, weight]), ...splits]);
}

function branches(
  port: MeshPort,
  own: readonly ResolvedSplit[],
  applied: Set<ResolvedSplit>,
  leaves: LeafFinder,
  isolate: boolean,
  collector: Collector,
): readonly Branch[] {
  const result: Branch[] = [];
  for (const split of own) {
    const backends = backendsOnPort(split, port, isolate, collector);
    if (backends.length === 0) continue;
    applied.add(split);
    if (split.matches.length > 0 && port.layer === 'tcp') {
      reportAt(collector, 'SMIC4011', split.split.meta, ['spec', 'matches'], {
        message: `TrafficSplit "${split.split.meta.name}" has matches, which can't be told apart on TCP port ${port.port} of Service "${port.service.key}": it has no effect there`,
      });
      continue;
    }
    const branch = branchOf(split, backends, leaves);
    if (split.matches.length === 0) result.push({ match: undefined, ...branch });
    else for (const match of split.matches) result.push({ match, ...branch });
  }
  if (result.at(-1)?.match !== undefined || result.length === 0) {
    result.push(...unsplit(port).branches);
  }
  return result;
}

function branchOf(split: ResolvedSplit, backends: readonly PortBackend[], leaves: LeafFinder): Omit<Branch, 'match'> {
  const total = BigInt(backends.reduce((sum, backend) => sum + backend.weight, 0));
  const followed = new Set<ResolvedSplit>();
  const parts = new Map<MeshPort | undefined, Fraction>();
  for (const backend of backends) {
    const part: Fraction = { numerator: BigInt(backend.weight), denominator: total };
    const inner = leaves.follow(backend.port, split);
    for (const passed of inner.followed) followed.add(passed);
    for (const [leaf, fraction] of inner.parts) {
      parts.set(leaf, plus(parts.get(leaf), times(part, fraction)));
    }
  }
  const ordered = [...parts].sort(([a], [b]) => compareText(a?.key ?? '', b?.key ?? ''));
  const plain = followed.size === 0 && backends.every((backend) => !backend.port || parts.has(backend.port));
  // Without nesting the weights stay as the user wrote them: that is what a reviewer looks for.
  const weights = plain ? fittingWeights(ordered.map(([leaf]) => weightOn(leaf, backends))) : wholeWeights(ordered.map(([, fraction]) => fraction));
  return {
    shares: ordered.flatMap(([leaf], index) => (leaf ? [{ port: leaf, weight: weights[index] ?? 0 }] : [])),
    denied: weights[ordered.findIndex(([leaf]) => !leaf)] ?? 0,
    splits: [split.split.meta, ...[...followed].map((inner) => inner.split.meta).sort((a, b) => compareText(a.name, b.name))],
  };
}

function weightOn(leaf: MeshPort | undefined, backends: readonly PortBackend[]): number {
  return backends.filter(({ port }) => port === leaf).reduce((sum, { weight }) => sum + weight, 0);
}

function reportNoCommonPort({ split, apex, backends }: ResolvedSplit, collector: Collector): void {
  for (const backend of backends) {
    if (backend.weight === 0 || !backend.service) continue;
    reportAt(collector, 'SMIC4004', split.meta, ['spec', 'backends', backend.index, 'service'], {
      message: `backend Service "${backend.service.key}" has none of the ports of the apex "${apex.key}" (${apex.ports.map(({ port }) => port).join(', ') || 'none'})`,
      related: [relatedTo('the backend', backend.service.meta, ['spec', 'ports'])],
    });
  }
}
