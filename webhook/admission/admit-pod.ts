import type { NamespaceFacts } from '../../compiler/mesh/sidecar-rule.ts';
import { inject } from '../inject/inject.ts';
import type { MeshSettings } from '../inject/mesh-settings.ts';
import { refuseDebugging } from '../inject/refuse-debugging.ts';
import type { AdmissionRequest, Verdict } from './review.ts';

/** What became of a pod: the label of a metric. */
export type PodOutcome = 'injected' | 'left-alone' | 'denied';

/** A verdict, and what it was about for the log. */
export interface PodVerdict extends Verdict {
  readonly outcome: PodOutcome;
  readonly reason: string;
}

/** What is to be done with a pod that is created, or gets ephemeral containers. It has no side effect, so a dry run is no other case. */
export function admitPod({ kind, operation, object }: AdmissionRequest, namespace: NamespaceFacts, settings: MeshSettings): PodVerdict {
  if (kind.group !== '' || kind.kind !== 'Pod' || (operation !== 'CREATE' && operation !== 'UPDATE') || object === undefined) {
    return { allowed: true, outcome: 'left-alone', reason: 'it is no pod that is created' };
  }
  if (operation === 'UPDATE') {
    const denied = refuseDebugging(object);
    return denied === undefined ? { allowed: true, outcome: 'left-alone', reason: 'it runs already' } : refused(denied);
  }
  const injection = inject(object, namespace, settings);
  if ('denied' in injection) {
    return refused(injection.denied);
  }
  if ('reason' in injection) {
    return { allowed: true, outcome: 'left-alone', reason: injection.reason };
  }
  return { allowed: true, outcome: 'injected', reason: injection.again ? 'its sidecar was brought up to date' : '', warnings: injection.warnings, patch: injection.patch };
}

function refused(reason: string): PodVerdict {
  return { allowed: false, outcome: 'denied', reason, refusal: { code: 403, message: reason } };
}
