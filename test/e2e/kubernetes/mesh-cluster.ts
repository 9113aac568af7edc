import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../server/kubernetes/client/kube-object.ts';
import { names } from '../../../webhook/names.ts';
import { root } from '../../cli/run-smic.ts';
import { startNode, type TestNode } from '../../kubernetes/node/start-node.ts';
import { isReady } from '../../kubernetes/pod-readiness.ts';
import { bookstoreImage } from './images.ts';

/** A cluster with smic, installed as users do it: the server and the webhook are pods of their Deployments. */
export interface MeshCluster extends TestNode {
  /** Runs the built command on the node, with admin's kubeconfig. */
  readonly smic: (args: readonly string[]) => Promise<{ readonly code: number | null; readonly output: string }>;
  /** The pods of a namespace, as the API server has them; those that leave are left out. */
  readonly podObjects: (namespace: string, app?: string) => Promise<readonly KubeObject[]>;
  /** What the containers of smic's own pods have said last. */
  readonly logs: () => string;
}

/** Starts the cluster, and installs smic with a server and a webhook. */
export async function startMeshCluster(): Promise<MeshCluster> {
  const node = await startNode({ image: bookstoreImage });
  const smic: MeshCluster['smic'] = async (args) => {
    const child = spawn('ip', ['netns', 'exec', node.netns, process.execPath, join(root, 'dist', 'bin', 'smic.js'), ...args], { env: { ...process.env, KUBECONFIG: node.cluster.kubeconfig }, stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await closed, output: out + err };
  };
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
