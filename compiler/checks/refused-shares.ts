import { sortedSet } from '../order.ts';
import { relatedTo, reportAt } from '../mesh/report-at.ts';
import { backendPlace } from '../mesh/backend-place.ts';
import { type Check, check } from './check.ts';

/** Clients that a TrafficSplit sends to backends which they may not call. */
export const refusedShares: Check = check(['settings', 'targets', 'outbound', 'trafficSplits'], ({ settings, targets, outbound, trafficSplits }, collector) => {
  if (settings.permissive) return;
  const clients = sortedSet(targets.flatMap((target) => target.sources));
  for (const client of clients) {
    for (const { routing, refused } of outbound.of(client)) {
      for (const port of refused) {
        const branch = routing.branches.find(({ shares }) => shares.some((share) => share.port === port && share.weight > 0));
        const place = branch && backendPlace(branch.splits, port, trafficSplits);
        // Without a workload behind it the backend has no identity that could be allowed; that is another finding.
        if (!branch || !place || port.service.identities.length === 0) continue;
        const total = branch.shares.reduce((sum, { weight }) => sum + weight, branch.denied);
        const weight = branch.shares.find((share) => share.port === port)?.weight ?? 0;
        reportAt(collector, 'SMIC4015', place.split, place.path, {
          message: `"${client}" may not call backend "${port.service.key}", which gets ${Math.round((weight / total) * 1000) / 10} % of its requests to port ${routing.port.port} of "${routing.port.service.key}"`,
          related: [relatedTo('the backend', port.service.meta)],
        });
      }
    }
  }
});
