import * as assert from 'uvu/assert';
import type { LoadCall, LoadResult } from '../../mesh/programs/load.ts';
import type { RunningPod } from '../../kubernetes/node/run-pod.ts';
import { until } from '../under-load/until.ts';

/** So many requests are sent at least, whatever is quicker done. */
const fewest = 500;

/** Requests of a pod that runs the program `load`. */
export interface Load {
  /** Waits until so many more have been sent. */
  readonly more: (requests: number) => Promise<void>;
}

/** Requests at a steady rate while `work` is done. Fails where one of them is not answered with 200. */
export async function underLoad(pod: RunningPod, call: LoadCall, work: (load: Load) => Promise<void>): Promise<void> {
  const sent = async (): Promise<number> => ((await pod.call('loadSoFar')) as LoadResult).sent;
  await pod.call('loadStart', call);
  let result: LoadResult | undefined;
  try {
    await work({
      more: async (requests) => {
        const wanted = (await sent()) + requests;
        await until(`${requests} more requests`, async () => (await sent()) >= wanted);
      },
    });
    await until(`${fewest} requests`, async () => (await sent()) >= fewest);
  } finally {
    result = (await pod.call('loadStop')) as LoadResult;
  }
  const failures = Object.entries(result.answers).filter(([answer]) => !answer.startsWith('200 '));
  assert.equal(failures, []);
  assert.ok(result.sent >= fewest, `only ${result.sent} requests were sent`);
}
