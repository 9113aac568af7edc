import type { ProgramCall } from '../../../demo/pod/pod-process.ts';
import type { ContainerObject, PodObject } from '../pod-object.ts';
import type { Mount } from './container.ts';

/** What stands for an image on this machine, whose own files every container sees. */
export interface Image {
  /** What it brings along. */
  readonly mounts?: readonly Mount[];
  /** Where the pod says no command. */
  readonly command?: readonly string[];
  /** It runs these programs (test/mesh/pod-main.ts) instead of a command. */
  readonly programs?: (pod: PodObject, container: ContainerObject) => readonly ProgramCall[];
}
