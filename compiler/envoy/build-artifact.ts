import { type Artifact, type ProxyClass, type Resource, resourceTypes, type SharedSet } from '../artifact/artifact.ts';
import type { Memory } from '../memory.ts';
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

/** The Envoy resources of every proxy class. What the mesh's changes don't touch is the same object as before. */
export function buildArtifact(mesh: Mesh, catalog: OutboundCatalog, memory: Memory): Omit<Artifact, 'inputs'> {
  const { settings } = mesh;
  const made = memory.part('parts', (inner) => parts(mesh, inner));
  const everywhere = resourcesOfEveryProxy(made);
  const sets = settings.permissive ? [memory.part('permissive', (inner) => permissive(catalog, made, inner))] : [];
  const outboundOf = memory.keep('outbound', [settings, mesh.classes, catalog, mesh.dials, mesh.endpoints], (inner) => outboundOfIdentities(mesh, catalog, made, inner));
  const inboundOf = memory.keep('inbound', [settings, mesh.classes, made.targetsOf], (inner) => {
    const lists = mesh.classes.map((workloads) => inner.keep(workloads, [settings, made.targetsOf(workloads.identity)], () => inboundResources(workloads, made)));
    return new Map(mesh.classes.map((workloads, index) => [workloads, lists[index] ?? []]));
  });
  const classes = memory.keep('classes', [settings, mesh.classes, outboundOf, inboundOf, ...sets, ...everywhere], (inner) =>
    mesh.classes.map((workloads) => {
      const metricsOf = metricsResources(workloads, made);
      const lists = [outboundOf(workloads.identity), inboundOf.get(workloads) ?? []];
      return inner.keep(`${workloads.namespace}/${workloads.name}`, [workloads, settings, ...sets, ...lists, ...everywhere, ...metricsOf], (own) =>
        proxyClass(workloads, own.same('resources', sorted(new Set([...lists.flat(), ...everywhere, ...metricsOf]))), mesh, sets),
      );
    }),
  );
  made.pool.prune([...classes, ...sets]);
  return {
    mesh: {
      name: settings.name,
      trustDomain: settings.trustDomain,
      mode: settings.permissive ? 'permissive' : 'policy',
      certificateSeconds: settings.certificateSeconds,
    },
    holes: ['workload-certificate', 'trust-bundle', ...(settings.endpointsOpen ? (['endpoints'] as const) : [])],
    classes,
    sets,
  };
}

function proxyClass(workloads: WorkloadClass, resources: readonly Resource[], { settings }: Mesh, sets: readonly SharedSet[]): ProxyClass {
  return {
    namespace: workloads.namespace,
    serviceAccount: workloads.serviceAccount,
    name: workloads.name,
    identity: spiffeId(workloads.identity, settings.trustDomain),
    services: workloads.services.map((service) => service.name),
    pods: workloads.workloads.map((workload) => workload.name),
    resources,
    sets: sets.map((set) => set.name),
  };
}

function permissive(catalog: OutboundCatalog, made: Parts, memory: Memory): SharedSet {
  const outbound = outboundResources(permissiveSet, catalog.everything, made, memory);
  return memory.keep('set', [outbound], (inner) => ({ name: permissiveSet, resources: inner.same('resources', sorted(outbound)) }));
}

/** In permissive mode everything outbound is in the set. */
function outboundOfIdentities({ settings, classes }: Mesh, catalog: OutboundCatalog, made: Parts, memory: Memory): (identity: string) => readonly Resource[] {
  const lists = new Map<string, readonly Resource[]>();
  for (const { identity } of settings.permissive ? [] : classes) {
    if (!lists.has(identity)) lists.set(identity, outboundResources(identity, catalog.of(identity), made, memory));
  }
  return (identity) => lists.get(identity) ?? none;
}

const none: readonly Resource[] = [];

function resourcesOfEveryProxy({ pool, mesh: { settings } }: Parts): readonly Resource[] {
  return [
    ...secrets.map((secret) => pool.resource('secret', secret.name ?? '', [], () => ({ name: secret.name ?? '', message: secret, sources: [] }))),
    ...settingsClusters(settings).map((cluster) =>
      pool.resource('cluster', cluster.name ?? '', [settings], () => ({ name: cluster.name ?? '', message: cluster, sources: [] })),
    ),
  ];
}

function metricsResources(workloads: WorkloadClass, { pool, mesh: { settings } }: Parts): readonly Resource[] {
  if (!workloads.metrics) return none;
  return [
    pool.resource('listener', prometheusListener, [settings], () => ({ name: prometheusListener, message: prometheus(settings.ipv6), sources: [] })),
    pool.resource('cluster', metricsCluster, [], () => ({ name: metricsCluster, message: metrics, sources: [] })),
  ];
}

/** In the order in which they are sent, then by name: an order that input can't change. */
function sorted(resources: Iterable<Resource>): readonly Resource[] {
  const rank = (resource: Resource): number => resourceTypes.indexOf(resource.type);
  return [...resources].sort((a, b) => rank(a) - rank(b) || compareText(a.name, b.name));
}
