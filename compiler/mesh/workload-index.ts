import type { Memory } from '../memory.ts';
import { groupBy } from '../order.ts';
import type { Workload } from './mesh.ts';
import { type SelectorIndex, selectorIndex } from './selector-index.ts';

/** The workloads of one namespace. */
export interface WorkloadIndex {
  readonly select: SelectorIndex;
  /** An address is trusted to be a pod's only within its namespace. */
  readonly byAddress: ReadonlyMap<string, Workload>;
}

/** The workloads of each namespace, for looking up. A namespace without any has an empty index. */
export function workloadIndexes(workloads: readonly Workload[], memory: Memory): (namespace: string) => WorkloadIndex {
  const groups = groupBy(workloads, (workload) => workload.meta.namespace);
  const indexes = new Map([...groups].map(([namespace, own]) => [namespace, memory.keep(namespace, own, () => workloadIndex(own))]));
  return (namespace) => indexes.get(namespace) ?? empty;
}

const empty: WorkloadIndex = workloadIndex([]);

function workloadIndex(workloads: readonly Workload[]): WorkloadIndex {
  const entries = workloads.flatMap((workload) => workload.addresses.map((address) => [address, workload] as const));
  return { select: selectorIndex(workloads), byAddress: new Map(entries) };
}
