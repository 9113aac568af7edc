import { type Artifact, type ProxyClass, type Resource, resourceTypes, type SharedSet } from '../artifact/artifact.ts';
import { createEncoder } from '../encode/encoder.ts';
import { spiffeId } from '../mesh/identity.ts';
import type { Mesh, WorkloadClass } from '../mesh/mesh.ts';
import { compareText } from '../order.ts';
import type { OutboundCatalog } from '../mesh/outbound.ts';
import { inboundResources } from './inbound-resources.ts';
import { metricsCluster, prometheusListener } from './names.ts';
import { outboundResources } from './outbound-resources.ts';
import { type Parts, parts } from './parts.ts';
import { prometheus } from './prometheus-listener.ts';
import { secrets } from './secrets.ts';
import { metrics, settingsClusters } from './support-clusters.ts';

/** The name of the set that every proxy has in permissive mode: its size grows with services, not with services times proxies. */
const permissiveSet = 'permissive';

/** The Envoy resources of every proxy class. */
export function buildArtifact(mesh: Mesh, catalog: OutboundCatalog): Omit<Artifact, 'inputs'> {
  const made = parts(mesh, createEncoder());
  const outbound = outboundResources(made);
  const everywhere = resourcesOfEveryProxy(made);
  const sets: readonly SharedSet[] = mesh.settings.permissive
    ? [{ name: permissiveSet, resources: sorted(outbound.of(permissiveSet, catalog.everything)) }]
    : [];
  const outboundOf = memoized((identity: string) => outbound.of(identity, catalog.of(identity)));
  const classes = mesh.classes.map((workloads): ProxyClass => {
    const own = mesh.settings.permissive ? [] : outboundOf(workloads.identity);
    const resources = [...own, ...inboundResources(workloads, made), ...everywhere, ...metricsResources(workloads, made)];
    return {
      namespace: workloads.namespace,
      serviceAccount: workloads.serviceAccount,
      name: workloads.name,
      identity: spiffeId(workloads.identity, mesh.settings.trustDomain),
      services: workloads.services.map((service) => service.name),
      pods: workloads.workloads.map((workload) => workload.name),
      resources: sorted(resources),
      sets: sets.map((set) => set.name),
    };
  });
  return {
    mesh: {
      name: mesh.settings.name,
      trustDomain: mesh.settings.trustDomain,
      mode: mesh.settings.permissive ? 'permissive' : 'policy',
      certificateSeconds: mesh.settings.certificateSeconds,
    },
    holes: ['workload-certificate', 'trust-bundle', ...(mesh.settings.endpointsOpen ? (['endpoints'] as const) : [])],
    classes,
    sets,
  };
}

function resourcesOfEveryProxy(made: Parts): readonly Resource[] {
  return [
    ...secrets.map((secret) =>
      made.resource('secret', secret.name ?? '', () => ({ name: secret.name ?? '', message: secret, sources: [] })),
    ),
    ...settingsClusters(made.mesh.settings).map((cluster) =>
      made.resource('cluster', cluster.name ?? '', () => ({ name: cluster.name ?? '', message: cluster, sources: [] })),
    ),
  ];
}

function metricsResources(workloads: WorkloadClass, made: Parts): readonly Resource[] {
  if (!workloads.metrics) return [];
  return [
    made.resource('listener', prometheusListener, () => ({
      name: prometheusListener,
      message: prometheus(made.mesh.settings.ipv6),
      sources: [],
    })),
    made.resource('cluster', metricsCluster, () => ({ name: metricsCluster, message: metrics, sources: [] })),
  ];
}

/** In the order in which they are sent, then by name: an order that input can't change. */
function sorted(resources: readonly Resource[]): readonly Resource[] {
  const rank = (resource: Resource): number => resourceTypes.indexOf(resource.type);
  return [...resources].sort((a, b) => rank(a) - rank(b) || compareText(a.name, b.name));
}

function memoized<Result>(compute: (key: string) => Result): (key: string) => Result {
  const known = new Map<string, Result>();
  return (key) => {
    const result = known.get(key) ?? compute(key);
    known.set(key, result);
    return result;
  };
}
