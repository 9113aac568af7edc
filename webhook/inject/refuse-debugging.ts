import { hasSidecar, separate } from './existing-sidecar.ts';
import { readPod } from './read-pod.ts';
import { refuseUsers } from './refuse.ts';
import { Refusal } from './refusal.ts';

/**
 * Why a pod that runs must not get its ephemeral containers (`kubectl debug`); undefined where nothing speaks against it.
 * A pod without a sidecar may have any.
 * @param written the pod as it would be with them
 */
export function refuseDebugging(written: unknown): string | undefined {
  try {
    const pod = readPod(written);
    if (hasSidecar(pod)) refuseUsers(separate(pod).pod.spec);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}
