import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { ConnectionFlags } from '../program/kube-options.ts';
import type { Output } from '../terminal/terminal.ts';

/** A client for the cluster that the flags name; connects to nothing yet. Loaded only where it is used: it is large. Throws a Failure. */
export async function clusterClient(flags: ConnectionFlags, words: Output): Promise<KubeClient> {
  const [{ connect }, { clusterFailure }] = await Promise.all([import('../kubernetes/connect.ts'), import('../kubernetes/cluster-failure.ts')]);
  try {
    return await connect(flags, words);
  } catch (error) {
    throw clusterFailure(error);
  }
}
