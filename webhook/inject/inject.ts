import type { Operation } from 'rfc6902';
import { metricsAnnotation, type NamespaceFacts, switchWord, whyNoSidecar } from '../../compiler/mesh/sidecar-rule.ts';
import { prometheusPort } from '../../compiler/envoy/names.ts';
import { separate } from './existing-sidecar.ts';
import { explainInjection } from './explain.ts';
import { initContainerOf } from './init-container.ts';
import { jsonPatch } from './json-patch.ts';
import { isNative, type MeshSettings } from './mesh-settings.ts';
import { overlay } from './overlay.ts';
import type { PodObject, Volume } from './pod-object.ts';
import { readPod } from './read-pod.ts';
import { refusePod, refuseProbes, refuseSwitches } from './refuse.ts';
import { Refusal } from './refusal.ts';
import { rewriteProbes } from './rewrite-probes.ts';
import { sidecar } from './sidecar.ts';
import { volumes } from './volumes.ts';
import { warningsOf } from './warnings.ts';

/** The pod gets a sidecar, or its sidecar is brought up to date. */
export interface Injected {
  /** JSON Patch (RFC 6902), from the pod as it came. */
  readonly patch: readonly Operation[];
  /** Whether it had a sidecar before. */
  readonly again: boolean;
  /** Why, and what it means: a sentence each. */
  readonly explanation: readonly string[];
  /** For whoever made the pod. */
  readonly warnings: readonly string[];
}

/** The pod stays as it is. */
export interface NotInjected {
  readonly reason: string;
}

/** The pod must not be made. */
export interface Denied {
  readonly denied: string;
}

export type Injection = Injected | NotInjected | Denied;

/**
 * What is to be done with a pod, or a template of pods, that is made in a namespace. A pure function: the same pod, namespace and
 * settings give the same patch, and a pod that has been injected with them gives a reason.
 * @param written as Kubernetes or a user has it: an object with `metadata` and `spec`
 */
export function inject(written: unknown, namespace: NamespaceFacts, settings: MeshSettings): Injection {
  try {
    const pod = readPod(written);
    const annotations = pod.metadata?.annotations ?? {};
    const reason = whyNoSidecar(namespace, { annotations, hostNetwork: pod.spec.hostNetwork ?? false }, settings);
    if (reason !== undefined) return { reason };
    refuseSwitches(pod, namespace);
    const injected = withSidecar(pod, namespace, settings);
    const patch = jsonPatch(pod, injected.pod);
    return patch.length === 0 ? { reason: 'the pod has its sidecar already' } : { patch, again: injected.again, explanation: injected.explanation, warnings: warningsOf(pod, settings) };
  } catch (error) {
    if (error instanceof Refusal) return { denied: error.message };
    throw error;
  }
}

function withSidecar(given: PodObject, namespace: NamespaceFacts, settings: MeshSettings): Pick<Injected, 'again' | 'explanation'> & { readonly pod: PodObject } {
  const { pod, sidecar: oldSidecar, init: oldInit } = separate(given);
  refusePod(pod, settings);
  const annotations = pod.metadata?.annotations ?? {};
  const containers = pod.spec.containers.map(rewriteProbes);
  // Only those that stay are probed.
  const initContainers = (pod.spec.initContainers ?? []).map(rewriteProbes);
  const probes = [...containers, ...initContainers].flatMap((rewritten) => rewritten.probes);
  refuseProbes(probes);
  const init = overlay(oldInit, initContainerOf(annotations, settings));
  const proxy = overlay(oldSidecar, sidecar(settings, probes));
  const own = containers.map(({ container }) => container);
  const ownInit = initContainers.map(({ container }) => container);
  const native = isNative(settings);
  const added = addedAnnotations(pod, namespace, native);
  return {
    again: oldSidecar !== undefined,
    explanation: explainInjection(pod, namespace, settings, probes),
    pod: {
      ...pod,
      ...(Object.keys(added).length > 0 && { metadata: { ...pod.metadata, annotations: { ...annotations, ...added } } }),
      spec: {
        ...pod.spec,
        // Native: what the user's init containers send goes through the sidecar, which is up by then. Classic: nothing could
        // take it yet, so the rules come after them; and kubelet starts containers in their order, held by the sidecar's hook.
        initContainers: native ? [init, proxy, ...ownInit] : [...ownInit, init],
        containers: native ? own : [proxy, ...own],
        volumes: withVolumes(pod.spec.volumes ?? [], volumes(settings)),
      },
    },
  };
}

/** Others may have put theirs behind the sidecar's: each stays in its place. */
function withVolumes(there: readonly Volume[], wanted: readonly Volume[]): readonly Volume[] {
  const missing = wanted.filter(({ name }) => !there.some((volume) => volume.name === name));
  return [...there.map((volume) => wanted.find(({ name }) => name === volume.name) ?? volume), ...missing];
}

function addedAnnotations({ metadata, spec }: PodObject, { described }: NamespaceFacts, native: boolean): Readonly<Record<string, string>> {
  const first = spec.containers[0]?.name;
  const isDefault = 'kubectl.kubernetes.io/default-container';
  return {
    ...(switchWord(described?.annotations[metricsAnnotation] ?? '') === 'enabled' && {
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': String(prometheusPort),
      'prometheus.io/path': '/stats/prometheus',
    }),
    // Or kubectl logs and exec would take the sidecar, which stands first.
    ...(!native && first !== undefined && metadata?.annotations?.[isDefault] === undefined && { [isDefault]: first }),
  };
}
