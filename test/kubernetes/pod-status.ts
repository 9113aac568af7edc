import { type ContainerObject, isSidecar, type PodObject, type PodState } from './pod-object.ts';

/** The status that a kubelet would write. */
export function podStatus({ spec }: PodObject, { phase, ready, addresses, message }: PodState, hostIP: string): object {
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const runs = phase === 'Running';
  const condition = (type: string, holds: boolean): object => ({ type, status: holds ? 'True' : 'False', ...(!holds && isOver && { reason: 'PodCompleted' }) });
  const state = (isDone: boolean): object => {
    if (isDone) return { terminated: { exitCode: phase === 'Failed' ? 1 : 0, reason: phase === 'Failed' ? 'Error' : 'Completed' } };
    return phase === 'Pending' ? { waiting: { reason: 'PodInitializing' } } : { running: {} };
  };
  const status = (container: ContainerObject, isDone: boolean, isReady: boolean): object => ({
    name: container.name,
    image: container.image,
    imageID: container.image,
    restartCount: 0,
    started: runs && !isDone,
    ready: isReady,
    state: state(isDone),
  });
  return {
    phase,
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(message !== undefined && { message }),
    ...(addresses.length > 0 && { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) }),
    conditions: [condition('PodScheduled', true), condition('Initialized', phase !== 'Pending'), condition('ContainersReady', ready), condition('Ready', ready)],
    initContainerStatuses: spec.initContainers?.map((container) => {
      const isDone = isSidecar(container) ? isOver : phase !== 'Pending';
      return status(container, isDone, isSidecar(container) ? ready : isDone);
    }),
    containerStatuses: spec.containers.map((container) => status(container, isOver, ready)),
  };
}
