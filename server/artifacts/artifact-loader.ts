import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';
import type { LoadAnswer, LoadFault, LoadRequest } from './load-messages.ts';

/** Loads artifacts, one at a time. */
export interface ArtifactLoader {
  /** Reads and checks the artifact at `path`. Rejects with an ArtifactError or a system error. */
  load(path: string): Promise<LoadedArtifact>;
  /** Gives up what is being loaded. */
  close(): void;
}

const thread = new URL('./load-thread.js', import.meta.url);
/** How long a thread waits for the next artifact, milliseconds: often several come one after the other. */
const patience = 1000;

/**
 * Loads artifacts in a thread: reading and checking a large one takes seconds, in which sidecars are served on, and the memory
 * that it takes is given back when the thread ends. What has passed the check is not checked again.
 */
export function artifactLoader(): ArtifactLoader {
  let passed: ReadonlySet<string> = new Set();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  const end = (): void => {
    void worker?.terminate();
    worker = undefined;
  };
  return {
    async load(path) {
      clearTimeout(idle);
      worker ??= new Worker(thread);
      worker.ref();
      try {
        const request: LoadRequest = { path, passed };
        worker.postMessage(request, []);
        const answer = await answerOf(worker).catch((error: unknown) => {
          // The next one gets another thread.
          end();
          throw error;
        });
        if (answer.fault) {
          throw errorOf(answer.fault);
        }
        passed = answer.passed;
        return answer.artifact;
      } finally {
        worker?.unref();
        idle = setTimeout(end, patience).unref();
      }
    },
    close() {
      clearTimeout(idle);
      end();
    },
  };
}

/** Rejects where the thread fails, or ends without an answer. */
async function answerOf(worker: Worker): Promise<LoadAnswer> {
  const ended = new AbortController();
  const abort = (): void => ended.abort();
  worker.once('exit', abort);
  try {
    const [answer] = (await once(worker, 'message', { signal: ended.signal })) as [LoadAnswer];
    return answer;
  } catch (error) {
    throw ended.signal.aborted ? new Error('the artifact could not be loaded: the thread that does it has ended') : error;
  } finally {
    worker.off('exit', abort);
  }
}

function errorOf({ message, isArtifacts, properties }: LoadFault): Error {
  return isArtifacts ? new ArtifactError(message) : Object.assign(new Error(message), properties);
}
