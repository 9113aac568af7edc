import type { CompilerOptions } from '../../compiler/options.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import type { AdmissionRequest, Verdict } from './review.ts';

/** What a thread is told when it starts. */
export type PolicyMesh = Pick<CompilerOptions, 'meshName' | 'meshNamespace' | 'trustDomain' | 'clusterDomain'>;

/** A change of the cluster: an object as it is now, or the last of one that is gone. */
export interface ObjectChange {
  readonly change: 'set' | 'delete';
  readonly object: KubeObject;
}

/** What a thread is told, in this order: changes of the cluster, and questions, which it answers. */
export type PolicyMessage = { readonly changes: readonly ObjectChange[] } | { readonly id: number; readonly prepare: true } | { readonly id: number; readonly judge: AdmissionRequest };

/** `verdict`: of a question about an object; `fault`: why there is no answer. */
export interface PolicyAnswer {
  readonly id: number;
  readonly verdict?: Verdict;
  readonly fault?: string;
}
