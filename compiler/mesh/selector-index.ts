import { addTo } from '../order.ts';
import type { Workload } from './mesh.ts';

/** Finds a namespace's workloads by label selector at the cost of the rarest label's workloads. */
export interface SelectorIndex {
  /** Workloads that have all of the labels, in the index's order. */
  select(namespace: string, selector: Readonly<Record<string, string>>): readonly Workload[];
}

export function selectorIndex(workloads: readonly Workload[]): SelectorIndex {
  const byLabel = new Map<string, Workload[]>();
  for (const workload of workloads) {
    for (const [key, value] of Object.entries(workload.labels)) {
      addTo(byLabel, labelKey(workload.meta.namespace, key, value), workload);
    }
  }
  return {
    select(namespace, selector) {
      const terms = Object.entries(selector);
      let rarest: readonly Workload[] | undefined;
      for (const [key, value] of terms) {
        const list = byLabel.get(labelKey(namespace, key, value));
        if (!list) return [];
        if (!rarest || list.length < rarest.length) rarest = list;
      }
      return (rarest ?? []).filter((workload) => terms.every(([key, value]) => workload.labels[key] === value));
    },
  };
}

function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace}\u0000${key}\u0000${value}`;
}
