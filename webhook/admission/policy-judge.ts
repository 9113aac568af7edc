import { Worker } from 'node:worker_threads';
import type { ObjectChange, PolicyAnswer, PolicyMesh, PolicyMessage } from './policy-messages.ts';
import type { AdmissionRequest, Verdict } from './review.ts';

/** Judges policy in a thread of its own: a question takes a while in a large mesh, and pods are given their sidecars meanwhile. */
export interface PolicyJudge {
  /** What has changed in the cluster. */
  tell(changes: readonly ObjectChange[]): void;
  /** Settles when all objects there are were looked at, so that the first question needn't wait for it. */
  prepare(): Promise<void>;
  /** Rejects only for faults of smic's own; nothing is changed by it. */
  judge(request: AdmissionRequest): Promise<Verdict>;
  close(): Promise<void>;
}

interface Question {
  readonly resolve: (verdict: Verdict | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** Where the thread fails, so does the process: it would know of no changes any more. */
export function startPolicyJudge(mesh: PolicyMesh): PolicyJudge {
  const worker = new Worker(new URL('./policy-thread.js', import.meta.url), { workerData: mesh });
  const open = new Map<number, Question>();
  let last = 0;
  const send = (message: PolicyMessage): void => worker.postMessage(message, []);
  const ask = (question: { readonly prepare: true } | { readonly judge: AdmissionRequest }): Promise<Verdict | undefined> =>
    new Promise((resolve, reject) => {
      last += 1;
      open.set(last, { resolve, reject });
      send({ id: last, ...question });
    });
  worker.on('message', ({ id, verdict, fault }: PolicyAnswer) => {
    const question = open.get(id);
    open.delete(id);
    if (fault === undefined) {
      question?.resolve(verdict);
    } else {
      question?.reject(new Error(fault));
    }
  });
  return {
    tell: (changes) => send({ changes }),
    async prepare() {
      await ask({ prepare: true });
    },
    async judge(request) {
      const verdict = await ask({ judge: request });
      if (verdict === undefined) throw new Error('there is no verdict');
      return verdict;
    },
    async close() {
      await worker.terminate();
      for (const { reject } of open.values()) reject(new Error('the webhook ends'));
      open.clear();
    },
  };
}
