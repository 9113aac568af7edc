import { checkProbes, type Probe, probePath } from '../../server/bootstrap/probe.ts';
import { agentCommand, initContainer, sidecarContainer, variables } from '../sidecar-contract.ts';
import type { Container, PodObject } from './pod-object.ts';
import { Refusal } from './refusal.ts';
import { restoreProbes } from './rewrite-probes.ts';

/** A pod without the containers that an injection gave it, and those. Its volumes are left: they stay where they are. */
export interface Separated {
  readonly pod: PodObject;
  readonly sidecar: Container | undefined;
  readonly init: Container | undefined;
}

/** Whether a container is smic's sidecar: by what runs in it, not only by its name. */
function isSidecar({ name, command = [] }: Container): boolean {
  return name === sidecarContainer && command.join(' ') === agentCommand.join(' ');
}

/** Whether a pod or template has been injected. Copies of one have, too. */
export function hasSidecar({ spec }: PodObject): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(isSidecar);
}

/**
 * Takes the sidecar out of a pod that has one: by whichever injection, of today's settings or others, in this pod or in the
 * one that it is a copy of. A pod without one stays as it is.
 * @throws Refusal where the sidecar isn't one that smic made
 */
export function separate(pod: PodObject): Separated {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const sidecar = all.find(isSidecar);
  if (sidecar === undefined) return { pod, sidecar, init: undefined };
  const probes = recordedProbes(sidecar);
  const without = (list: readonly Container[]): readonly Container[] =>
    list.filter((container) => container !== sidecar && container.name !== initContainer).map((container) => restoreProbes(container, probes));
  const { initContainers, ...spec } = pod.spec;
  return {
    pod: {
      ...pod,
      spec: {
        ...spec,
        containers: without(spec.containers),
        ...(initContainers && { initContainers: without(initContainers) }),
      },
    },
    sidecar,
    init: all.find(({ name }) => name === initContainer),
  };
}

/** By the path that kubelet asks. */
function recordedProbes({ env = [] }: Container): ReadonlyMap<string, Probe> {
  try {
    const probes = JSON.parse(env.find(({ name }) => name === variables.probes)?.value ?? '') as readonly Probe[];
    checkProbes(probes);
    return new Map(probes.map((probe) => [probePath(probe), probe]));
  } catch {
    throw new Refusal(`the container "${sidecarContainer}" of the pod looks like a sidecar, and its ${variables.probes} says nothing that smic wrote; take it out`);
  }
}
