import { loadClusterAccess } from '../../server/kubernetes/client/kube-config.ts';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { ConnectionFlags } from '../program/kube-options.ts';
import { printable } from '../terminal/printable.ts';
import type { Output } from '../terminal/terminal.ts';
import { version } from '../version.ts';
import { clusterFailure } from './cluster-failure.ts';

/**
 * Runs `work` with the cluster that the flags name, and lets go of it. What is wrong with the kubeconfig, the connection or the
 * permissions becomes a Failure with words and a fix. Warnings of the API server go to `words`, as with kubectl.
 */
export async function withCluster<T>(flags: ConnectionFlags, words: Output, work: (client: KubeClient) => Promise<T>): Promise<T> {
  let client: KubeClient | undefined;
  try {
    client = await connect(flags, words);
    return await work(client);
  } catch (error) {
    throw clusterFailure(error);
  } finally {
    client?.close();
  }
}

/** A client for the cluster that the flags name; connects to nothing yet. Throws a KubeConfigError. */
export async function connect({ context, kubeconfig }: ConnectionFlags, words: Output): Promise<KubeClient> {
  const access = await loadClusterAccess({ ...(context !== undefined && { context }), ...(kubeconfig !== undefined && { kubeconfig }) });
  return createKubeClient(access, { userAgent: `smic/${version}`, onWarning: (warning) => void words.write(`Warning: ${printable(warning)}\n`) });
}
