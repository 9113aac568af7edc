import { relatedTo, reportAt } from '../mesh/report-at.ts';
import { backendPlace } from '../mesh/backend-place.ts';
import type { Branch } from '../mesh/mesh.ts';
import { type Check, check } from './check.ts';

/** Backends with weight behind which the input shows nobody: their share fails. */
export const backendsWithoutWorkloads: Check = check(['pods', 'podControllers', 'routings', 'trafficSplits'], ({ pods, podControllers, routings, trafficSplits }, collector) => {
  // Without workloads in the input nothing is known of any backend.
  if (pods.length + podControllers.length === 0) return;
  for (const { port, branches } of routings.values()) {
    for (const branch of branches) {
      const { shares, splits } = branch;
      for (const share of shares) {
        if (share.weight === 0 || share.port.service.identities.length > 0) continue;
        const place = backendPlace(splits, share.port, trafficSplits);
        if (!place) continue;
        reportAt(collector, 'SMIC4017', place.split, place.path, {
          message: `no pod with a sidecar is behind "${share.port.service.key}", which TrafficSplit "${place.split.name}" gives ${percent(share.weight, branch)} of the traffic to port ${port.port} of "${port.service.key}"`,
          related: [relatedTo('the backend', share.port.service.meta)],
        });
      }
    }
  }
});

function percent(weight: number, { shares, denied }: Branch): string {
  const total = shares.reduce((sum, share) => sum + share.weight, denied);
  return `${Math.round((weight / total) * 1000) / 10} %`;
}
