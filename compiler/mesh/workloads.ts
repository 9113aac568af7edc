import type { Objects, Pod, PodController, PodSpec } from '../resources/objects.ts';
import { identityOf } from './identity.ts';
import type { Memory } from '../memory.ts';
import type { Membership } from './membership.ts';
import type { Workload } from './mesh.ts';
import { compareText } from '../order.ts';

/** The words for true that OSM takes in the annotation: those of Go's strconv.ParseBool. */
const trueWords = new Set(['1', 't', 'T', 'true', 'True', 'TRUE']);

/** Pods and pod templates of the namespaces in the mesh, with and without a sidecar, sorted by namespace and name. */
export function workloadsOf(objects: Objects, members: Membership, memory: Memory): readonly Workload[] {
  const pods = objects.pods.filter((pod) => !pod.finished && members.joined(pod.meta.namespace));
  const controllers = objects.podControllers.filter((controller) => members.joined(controller.meta.namespace));
  return [
    ...pods.map((pod) => memory.keep(pod, [members], () => podWorkload(pod, members))),
    ...controllers.map((controller) => memory.keep(controller, [members], () => templateWorkload(controller, members))),
  ].sort((a, b) => compareText(a.meta.namespace, b.meta.namespace) || compareText(a.name, b.name));
}

function podWorkload(pod: Pod, members: Membership): Workload {
  return {
    ...common(pod.meta, pod.spec, members),
    name: pod.meta.name,
    addresses: pod.podIPs,
    ready: pod.ready,
    terminating: pod.terminating,
  };
}

function templateWorkload(controller: PodController, members: Membership): Workload {
  return {
    ...common(controller.meta, controller.spec, members),
    name: `${controller.meta.kind}/${controller.meta.name}`,
    addresses: [],
    ready: false,
    terminating: false,
  };
}

function common(
  meta: Pod['meta'],
  spec: PodSpec,
  members: Membership,
): Omit<Workload, 'name' | 'addresses' | 'ready' | 'terminating'> {
  return {
    meta,
    identity: identityOf(meta.namespace, spec.serviceAccountName),
    labels: spec.labels,
    namedPorts: namedPorts(spec),
    sidecar: members.hasSidecar(meta.namespace, spec),
    metrics: members.scraped(meta.namespace) || trueWords.has(spec.annotations['prometheus.io/scrape'] ?? ''),
  };
}

function namedPorts(spec: PodSpec): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const port of spec.ports) {
    // The first container that has the name decides, as in Kubernetes.
    if (port.protocol === 'TCP' && port.name !== '' && !ports.has(port.name)) ports.set(port.name, port.containerPort);
  }
  return ports;
}
