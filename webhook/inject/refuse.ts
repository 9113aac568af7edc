import { metricsAnnotation, injectionAnnotation, type NamespaceFacts, switchWord } from '../../compiler/mesh/sidecar-rule.ts';
import { quoted } from '../../compiler/load/words.ts';
import { checkProbes, type Probe } from '../../server/bootstrap/probe.ts';
import { initContainer, sidecarContainer, sidecarPorts, sidecarUser } from '../sidecar-contract.ts';
import { isNative, type MeshSettings } from './mesh-settings.ts';
import type { Container, PodObject, PodSpec } from './pod-object.ts';
import { Refusal } from './refusal.ts';
import { isSidecarVolume } from './volumes.ts';

/**
 * What is wrong with the annotations that turn injection and metrics on or off.
 * @throws Refusal
 */
export function refuseSwitches(pod: PodObject, namespace: NamespaceFacts): void {
  const check = (name: string, value: string | undefined, whose: string): void => {
    if (value === undefined || switchWord(value) !== undefined) return;
    throw new Refusal(`the annotation ${name} of ${whose} is ${quoted(value)}: it must be enabled, yes or true, or else disabled, no or false`);
  };
  const ofNamespace = `the namespace ${quoted(namespace.name)}`;
  check(injectionAnnotation, pod.metadata?.annotations?.[injectionAnnotation], 'the pod');
  check(injectionAnnotation, namespace.described?.annotations[injectionAnnotation], ofNamespace);
  check(metricsAnnotation, namespace.described?.annotations[metricsAnnotation], ofNamespace);
}

/**
 * Pods that a sidecar can't be put into, or that could go around it. `pod` has no sidecar yet.
 * @throws Refusal
 */
export function refusePod({ spec }: PodObject, settings: MeshSettings): void {
  if (spec.os?.name === 'windows' || spec.nodeSelector?.['kubernetes.io/os'] === 'windows') {
    throw new Refusal('the pod is for Windows, where there are no sidecars; disable injection for it');
  }
  refuseUsers(spec);
  const classic = !isNative(settings);
  for (const container of [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    if (container.name === sidecarContainer || container.name === initContainer) {
      throw new Refusal(`a container of the pod is called ${quoted(container.name)}, as one of the sidecar's is; give it another name`);
    }
    const taken = container.ports?.find(({ containerPort, protocol = 'TCP' }) => protocol === 'TCP' && sidecarPorts.has(containerPort));
    if (taken !== undefined) {
      throw new Refusal(`the container ${quoted(container.name)} has the port ${taken.containerPort}, on which the sidecar listens; give it another port`);
    }
    const mounted = container.volumeMounts?.find(isSidecarVolume);
    if (mounted !== undefined) {
      throw new Refusal(`the container ${quoted(container.name)} mounts the volume ${quoted(mounted.name)}, which is the sidecar's; give yours another name`);
    }
    if (classic && container.restartPolicy === 'Always' && isProbed(container)) {
      throw new Refusal(`the init container ${quoted(container.name)} stays and is probed, before a sidecar that starts after it could answer; turn native sidecars on`);
    }
  }
}

/**
 * Probes that Kubernetes wouldn't take either: once they ask the sidecar, it no longer sees what is wrong with them.
 * @throws Refusal
 */
export function refuseProbes(probes: readonly Probe[]): void {
  try {
    checkProbes(probes);
  } catch (error) {
    throw error instanceof TypeError ? new Refusal(error.message) : error;
  }
}

/**
 * The rules leave alone what runs as the sidecar's user: nothing else may. For ephemeral containers, which come to a pod that is
 * injected already, too. What an image says by itself, and what root can turn into, isn't seen here.
 * @throws Refusal
 */
export function refuseUsers({ containers, initContainers = [], ephemeralContainers = [], securityContext }: PodSpec): void {
  const why = `user ${sidecarUser}, as the sidecar does, whose traffic goes around the sidecar; take another user`;
  for (const { name, securityContext: own } of [...containers, ...initContainers, ...ephemeralContainers]) {
    if (own?.runAsUser === sidecarUser) throw new Refusal(`the container ${quoted(name)} runs as ${why}`);
  }
  if (securityContext?.runAsUser === sidecarUser) throw new Refusal(`the pod's containers run as ${why}`);
}

function isProbed({ livenessProbe, readinessProbe, startupProbe }: Container): boolean {
  return [livenessProbe, readinessProbe, startupProbe].some((probe) => (probe?.httpGet ?? probe?.tcpSocket ?? probe?.grpc) !== undefined);
}
