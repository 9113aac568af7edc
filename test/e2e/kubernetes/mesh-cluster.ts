import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../server/kubernetes/client/kube-object.ts';
import { names } from '../../../webhook/names.ts';
import { root } from '../../cli/run-smic.ts';
import { findKubernetes } from '../../kubernetes/find-kubernetes.ts';
import { startNode, type TestNode } from '../../kubernetes/node/start-node.ts';
import { isReady } from '../../kubernetes/pod-readiness.ts';
import { bookstoreImage } from './images.ts';

/** What a command has said, on either output, and how it ended. */
interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A cluster with smic, installed as users do it: the server and the webhook are pods of their Deployments. */
export interface MeshCluster extends TestNode {
  /** Runs the built command on the node, with admin's kubeconfig. */
  readonly smic: (args: readonly string[]) => Promise<Ended>;
  /** Runs kubectl there. `input`: what it reads from standard input; `editor`: what it edits with. */
  readonly kubectl: (args: readonly string[], options?: { readonly input?: string; readonly editor?: string }) => Promise<Ended>;
  /** The pods of a namespace, as the API server has them; those that leave are left out. */
  readonly podObjects: (namespace: string, app?: string) => Promise<readonly KubeObject[]>;
  /** What the containers of smic's own pods have said last. */
  readonly logs: () => string;
}

/** Starts the cluster, and installs smic with a server and a webhook. */
export async function startMeshCluster(): Promise<MeshCluster> {
  const node = await startNode({ image: bookstoreImage });
  const { kubeconfig } = node.cluster;
  const run = async (command: readonly string[], input = '', environment: NodeJS.ProcessEnv = {}): Promise<Ended> => {
    const child = spawn('ip', ['netns', 'exec', node.netns, ...command], { env: { ...process.env, KUBECONFIG: kubeconfig, ...environment } });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    child.stdin.end(input);
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await closed, output: out + err };
  };
  const smic: MeshCluster['smic'] = (args) => run([process.execPath, join(root, 'dist', 'bin', 'smic.js'), ...args]);
  const kubectl: MeshCluster['kubectl'] = (args, { input, editor } = {}) =>
    // It remembers what kinds there are: in the folder that goes with the cluster.
    run([join(findKubernetes() ?? '', 'kubectl'), ...args], input, { KUBECACHEDIR: join(dirname(kubeconfig), 'kubectl'), ...(editor !== undefined && { KUBE_EDITOR: editor }) });
  const logs = (): string =>
    node
      .pods()
      .filter(({ pod }) => pod.metadata.namespace === names.namespace)
      .map((pod) => `${pod.pod.metadata.name}\n${pod.pod.spec.containers.map(({ name }) => pod.containerLog(name)).join('\n')}`)
      .join('\n');
  try {
    const { code, output } = await smic(['install', '--set', 'serverReplicas=1', '--set', 'webhookReplicas=1']);
    assert.is(code, 0, `${output}\n${logs()}`);
  } catch (error) {
    await node.stop();
    throw error;
  }
  return {
    ...node,
    smic,
    kubectl,
    logs,
    podObjects: async (namespace, app) => {
      const { items } = await node.cluster.client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, ...(app !== undefined && { labelSelector: `app=${app}` }) });
      return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    },
  };
}

/** Whether so many pods are there, and all of them ready. */
export async function areReady(cluster: MeshCluster, namespace: string, count: number, app?: string): Promise<boolean> {
  const pods = await cluster.podObjects(namespace, app);
  return pods.length === count && pods.every(isReady);
}
