import type { Workload } from './mesh.ts';

/** Workloads by `<namespace>/<address>`: an address is trusted to be a pod's only within its namespace. */
export type WorkloadsByAddress = ReadonlyMap<string, Workload>;

export function workloadsByAddress(workloads: readonly Workload[]): WorkloadsByAddress {
  return new Map(
    workloads.flatMap((workload) =>
      workload.addresses.map((address) => [`${workload.meta.namespace}/${address}`, workload] as const),
    ),
  );
}
