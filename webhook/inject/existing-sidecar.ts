import { checkProbes, type Probe } from '../../server/bootstrap/probe.ts';
import { agentCommand, initContainer, sidecarContainer, variables } from '../sidecar-contract.ts';
import type { Container, PodObject } from './pod-object.ts';
import { Refusal } from './refusal.ts';
import { restoreProbes } from './rewrite-probes.ts';
import { isSidecarVolume } from './volumes.ts';

/** A pod without what an injection gave it, and what that was. */
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
 * one that it is a copy of. Of a copy that has lost its sidecar only the volumes are left.
 * @throws Refusal where the sidecar isn't one that smic made
 */
export function separate(pod: PodObject): Separated {
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const sidecar = all.find(isSidecar);
  const probes = sidecar === undefined ? [] : recordedProbes(sidecar);
  const without = (list: readonly Container[]): readonly Container[] =>
    sidecar === undefined ? list : list.filter((container) => container !== sidecar && container.name !== initContainer).map((container) => restoreProbes(container, probes));
  const { initContainers, volumes, ...spec } = pod.spec;
  return {
    pod: {
      ...pod,
      spec: {
        ...spec,
        containers: without(spec.containers),
        ...(initContainers && { initContainers: without(initContainers) }),
        ...(volumes && { volumes: volumes.filter((volume) => !isSidecarVolume(volume)) }),
      },
    },
    sidecar,
    init: sidecar && all.find(({ name }) => name === initContainer),
  };
}

function recordedProbes({ env = [] }: Container): readonly Probe[] {
  try {
    const probes = JSON.parse(env.find(({ name }) => name === variables.probes)?.value ?? '') as readonly Probe[];
    checkProbes(probes);
    return probes;
  } catch {
    throw new Refusal(`the container "${sidecarContainer}" of the pod looks like a sidecar, and its ${variables.probes} says nothing that smic wrote; take it out`);
  }
}
