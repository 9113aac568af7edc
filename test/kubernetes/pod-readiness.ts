import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';

/** Whether a pod's status says that it is ready. Throws with what has gone wrong where a test's kubelet says so. */
export function isReady({ metadata, status }: KubeObject): boolean {
  const { conditions = [], message } = (status ?? {}) as { readonly message?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  if (message !== undefined) {
    throw new Error(`${metadata.namespace}/${metadata.name}: ${message}`);
  }
  return conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True');
}
