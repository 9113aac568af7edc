import type { Pod as WrittenPod } from './generated/types.ts';
import { readIP } from './ip.ts';
import type { Pod } from './objects.ts';
import { readPodSpec } from './pod-spec.ts';
import type { Reading } from './reading.ts';

export function readPod({ metadata, spec, status }: WrittenPod, reading: Reading): Pod {
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return {
    meta: reading.meta,
    spec: readPodSpec(spec, metadata.labels, metadata.annotations, ['spec'], reading),
    podIPs: readPodIPs(status, reading),
    ready: status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false,
    finished,
    terminating: Boolean(metadata.deletionTimestamp),
  };
}

/** `podIPs`, or the older `podIP` alone. */
function readPodIPs(status: WrittenPod['status'], reading: Reading): readonly string[] {
  const addresses = new Set<string>();
  for (const [index, { ip }] of (status?.podIPs ?? []).entries()) {
    const address = ip ? readIP(reading, ip, ['status', 'podIPs', index, 'ip']) : undefined;
    if (address !== undefined) addresses.add(address);
  }
  if (addresses.size === 0 && status?.podIP) {
    const address = readIP(reading, status.podIP, ['status', 'podIP']);
    if (address !== undefined) addresses.add(address);
  }
  return [...addresses];
}
