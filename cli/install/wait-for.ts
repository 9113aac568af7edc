import { setTimeout } from 'node:timers/promises';
import type { Manifest } from '../../install/manifest.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { Failure } from '../failure.ts';
import { plural } from '../terminal/plural.ts';
import type { Progress } from '../terminal/progress.ts';
import { objectName, presentObject } from './apply-object.ts';

/** Milliseconds between two looks. */
const pause = 500;

/** What is still missing of an object, in words; undefined: nothing. */
export type Missing = (object: KubeObject) => string | undefined;

/** Waits until nothing is missing of any of the objects. Rejects with a Failure that says what is, when the time (seconds) is over. */
export async function waitFor(client: KubeClient, manifests: readonly Manifest[], missing: Missing, seconds: number, progress: Progress): Promise<void> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const waiting: string[] = [];
    for (const manifest of manifests) {
      const object = await presentObject(client, manifest);
      const words = object === undefined ? 'it is gone' : missing(object);
      if (words !== undefined) {
        waiting.push(`${objectName(manifest)}: ${words}`);
      }
    }
    if (waiting.length === 0) {
      progress.clear();
      return;
    }
    progress.show(`waiting for ${plural(waiting.length, 'object')}: ${waiting[0]}`);
    if (performance.now() > until) {
      progress.clear();
      throw new Failure(`not ready after ${seconds} s: ${waiting.join('; ')}`, 'What was applied stays. The same command goes on from there; --wait gives it more time.');
    }
    await setTimeout(pause);
  }
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Of a CustomResourceDefinition: whether objects of its kind can be written. */
export function notEstablished(object: KubeObject): string | undefined {
  const conditions = conditionsOf(object);
  const refused = conditions.find(({ type, status }) => type === 'NamesAccepted' && status === 'False');
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True') ? undefined : (refused?.message ?? 'it is not established');
}

/** Of a Deployment: whether all pods of its newest template are available. */
export function notAvailable(object: KubeObject): string | undefined {
  const { replicas = 1 } = (object['spec'] ?? {}) as { readonly replicas?: number };
  const status = (object['status'] ?? {}) as { readonly observedGeneration?: number; readonly updatedReplicas?: number; readonly availableReplicas?: number; readonly replicas?: number };
  const { observedGeneration = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (observedGeneration >= (object.metadata.generation ?? 0) && updatedReplicas >= replicas && availableReplicas >= replicas && (status.replicas ?? 0) <= updatedReplicas) {
    return undefined;
  }
  const failed = conditionsOf(object).find(({ type, status: value }) => (type === 'ReplicaFailure' && value === 'True') || (type === 'Progressing' && value === 'False'));
  return `${Math.min(updatedReplicas, availableReplicas)} of ${plural(replicas, 'pod')} available${failed?.message === undefined ? '' : ` (${failed.message})`}`;
}

function conditionsOf(object: KubeObject): readonly Condition[] {
  return ((object['status'] ?? {}) as { readonly conditions?: readonly Condition[] | null }).conditions ?? [];
}
