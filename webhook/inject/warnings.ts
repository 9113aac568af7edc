import { initContainer } from '../sidecar-contract.ts';
import { isNative, type MeshSettings } from './mesh-settings.ts';
import type { Container, PodObject } from './pod-object.ts';

/** What an injected pod's maker should know. */
export function warningsOf({ spec }: PodObject, settings: MeshSettings): readonly string[] {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const isToEnd = typeof spec['restartPolicy'] === 'string' && spec['restartPolicy'] !== 'Always';
  return [
    ...(isToEnd && !isNative(settings) ? ["a pod with a classic sidecar doesn't end when its containers have: a Job never does; native sidecars need Kubernetes 1.29"] : []),
    ...all.filter(takesOverNetwork).map(({ name }) => `the container "${name}" may change the pod's iptables rules (NET_ADMIN or privileged), and so go around the sidecar`),
    ...(spec['shareProcessNamespace'] === true ? ["the pod's containers share their processes (shareProcessNamespace): one that may trace others can read the sidecar's key"] : []),
  ];
}

function takesOverNetwork({ name, securityContext }: Container): boolean {
  const capabilities = (securityContext?.['capabilities'] as { readonly add?: readonly string[] } | undefined)?.add ?? [];
  return name !== initContainer && (securityContext?.['privileged'] === true || capabilities.some((capability) => /^(CAP_)?(NET_ADMIN|SYS_ADMIN)$|^ALL$/.test(capability)));
}
