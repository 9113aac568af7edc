// A thread that judges policy: see policy-judge.ts.
import { parentPort, workerData } from 'node:worker_threads';
import { errorWords } from '../../server/log.ts';
import { createPolicyCheck } from './policy-check.ts';
import type { PolicyAnswer, PolicyMesh, PolicyMessage } from './policy-messages.ts';

const check = createPolicyCheck(workerData as PolicyMesh);

function answer(message: Exclude<PolicyMessage, { readonly changes: unknown }>): PolicyAnswer {
  try {
    if ('judge' in message) {
      return { id: message.id, verdict: check.judge(message.judge) };
    }
    check.prepare();
    return { id: message.id };
  } catch (error) {
    return { id: message.id, fault: errorWords(error) };
  }
}

parentPort?.on('message', (message: PolicyMessage) => {
  if ('changes' in message) {
    for (const { change, object } of message.changes) {
      check[change](object);
    }
  } else {
    parentPort?.postMessage(answer(message), []);
  }
});
