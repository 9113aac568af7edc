import { createHash } from 'node:crypto';
import type { Memory } from '../memory.ts';
import { splitIdentity } from './identity.ts';
import type { MeshService, Workload, WorkloadClass } from './mesh.ts';
import { addTo, compareText, groupBy } from '../order.ts';

/** Longest folder name that a class gets from the names of its Services; beyond it, a digest stands for the rest. */
const longestName = 200;

/** The workloads with a sidecar, grouped by identity and the set of Services that they back; sorted by namespace and name. */
export function workloadClasses(
  workloads: readonly Workload[],
  services: readonly MeshService[],
  memory: Memory,
): readonly WorkloadClass[] {
  const backed = servicesOf(services);
  const byIdentity = groupBy(
    workloads.filter((workload) => workload.sidecar),
    (workload) => workload.identity,
  );
  return [...byIdentity]
    .flatMap(([identity, members]) => {
      const sets = groupBy(members, (workload) => serviceNames(backed.get(workload) ?? []));
      return [...sets].map(([names, group]) => {
        const own = (group[0] && backed.get(group[0])) ?? [];
        const several = sets.size > 1;
        return memory.keep(`${identity} ${names}`, [several, own.length, ...own, ...group], () => workloadClass(identity, names, several, group, own));
      });
    })
    .sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.name, b.name));
}

function servicesOf(services: readonly MeshService[]): ReadonlyMap<Workload, readonly MeshService[]> {
  const backed = new Map<Workload, MeshService[]>();
  for (const service of services) {
    for (const workload of service.workloads) addTo(backed, workload, service);
  }
  return backed;
}

function serviceNames(services: readonly MeshService[]): string {
  return services.map((service) => service.name).join('+');
}

function workloadClass(
  identity: string,
  names: string,
  several: boolean,
  workloads: readonly Workload[],
  services: readonly MeshService[],
): WorkloadClass {
  const [namespace, serviceAccount] = splitIdentity(identity);
  return {
    namespace,
    serviceAccount,
    // Pods that are behind no Service keep the plain name: Services that others of the account gain or lose don't rename them.
    name: several && names !== '' ? shortened(`${serviceAccount}~${names}`) : serviceAccount,
    identity,
    services,
    workloads,
    metrics: workloads.some((workload) => workload.metrics),
  };
}

function shortened(name: string): string {
  if (name.length <= longestName) return name;
  return `${name.slice(0, longestName - 20)}~${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
}
