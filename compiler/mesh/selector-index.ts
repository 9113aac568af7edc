import { addTo } from '../order.ts';
import type { Workload } from './mesh.ts';

/** Finds workloads of one namespace by label selector, in their order, at the cost of the rarest label's workloads. */
export type SelectorIndex = (selector: Readonly<Record<string, string>>) => readonly Workload[];

export function selectorIndex(workloads: readonly Workload[]): SelectorIndex {
  const byLabel = new Map<string, Workload[]>();
  for (const workload of workloads) {
    for (const [key, value] of Object.entries(workload.labels)) {
      addTo(byLabel, labelKey(key, value), workload);
    }
  }
  return (selector) => {
    const terms = Object.entries(selector);
    let rarest: readonly Workload[] | undefined;
    for (const [key, value] of terms) {
      const list = byLabel.get(labelKey(key, value));
      if (!list) return [];
      if (!rarest || list.length < rarest.length) rarest = list;
    }
    return (rarest ?? []).filter((workload) => terms.every(([key, value]) => workload.labels[key] === value));
  };
}

function labelKey(key: string, value: string): string {
  return `${key}\u0000${value}`;
}
