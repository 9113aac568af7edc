import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { ObjectReference } from '../../server/kubernetes/client/kube-object.ts';
import type { PodObject, PodState } from './pod-object.ts';
import { podStatus } from './pod-status.ts';
import { watchObjects } from './watch-objects.ts';

/** A pod that this kubelet has started. */
export interface StartedPod {
  /** Ends it in its own time; the pod is deleted from the API server when that is done. */
  readonly stop: () => Promise<void>;
}

/** Starts a pod that is bound to this node, and reports how it is whenever that changes. */
export type RunPod = (pod: PodObject, report: (state: PodState) => void) => StartedPod;

export interface KubeletOptions {
  /** Default: nothing runs, and each pod is ready at once with an address of its own (`pretendToRun`). */
  readonly run?: RunPod;
  /** Default `node-0`. */
  readonly nodes?: readonly string[];
}

export interface Kubelet {
  /** Does nothing more; what runs goes on. */
  readonly stop: () => Promise<void>;
}

interface Entry {
  pod: PodObject | undefined;
  started: StartedPod | undefined;
  state: PodState | undefined;
  /** JSON of what the API server was told. */
  told: string;
  isBusy: boolean;
  isChanged: boolean;
}

const hostIP = '10.244.255.1';

/** Scheduler and kubelet of small Nodes, which it registers: binds each pod, runs it, says how it is, and lets it go when it is deleted. Outlives an API server that is away. */
export async function startKubelet(client: KubeClient, { run = pretendToRun(), nodes = ['node-0'] }: KubeletOptions = {}): Promise<Kubelet> {
  for (const name of nodes) {
    await registerNode(client, name);
  }
  const entries = new Map<string, Entry>();
  let bound = 0;
  const end = new AbortController();

  /** One step towards what it should be. Rejects where the API server doesn't answer, and is done again then. */
  async function step(uid: string, entry: Entry): Promise<void> {
    const { pod } = entry;
    if (pod === undefined) {
      await entry.started?.stop();
      entries.delete(uid);
    } else if (pod.metadata.deletionTimestamp !== undefined) {
      await entry.started?.stop();
      entry.started = undefined;
      await ignoring([404, 409], client.delete(referenceTo(pod), { gracePeriodSeconds: 0, uid }));
    } else if (pod.spec.nodeName === undefined) {
      if ((pod.spec.schedulingGates ?? []).length === 0) {
        bound += 1;
        await bind(pod, nodes[bound % nodes.length] ?? '');
      }
    } else if (nodes.includes(pod.spec.nodeName)) {
      entry.started ??= run(pod, (state) => {
        entry.state = state;
        wake(uid, entry);
      });
      const status = entry.state === undefined ? '' : JSON.stringify(podStatus(pod, entry.state, hostIP));
      if (status !== entry.told) {
        await ignoring([404], client.patch(referenceTo(pod), { metadata: { uid }, status: JSON.parse(status) as object }, { subresource: 'status' }));
        entry.told = status;
      }
    }
  }

  async function bind(pod: PodObject, node: string): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { apiVersion: 'v1', kind: 'Node', name: node } };
    await ignoring([404, 409], client.createSubresource(referenceTo(pod), 'binding', binding));
  }

  /** Steps until nothing has changed meanwhile; one after the other for one pod. */
  function wake(uid: string, entry: Entry): void {
    entry.isChanged = true;
    if (entry.isBusy) return;
    entry.isBusy = true;
    void (async () => {
      while (entry.isChanged && !end.signal.aborted) {
        entry.isChanged = false;
        try {
          await step(uid, entry);
        } catch {
          entry.isChanged = true;
          await sleep(100);
        }
      }
      entry.isBusy = false;
    })();
  }

  const watched = watchObjects<PodObject>(client, { apiVersion: 'v1', kind: 'Pod' }, (uid) => {
    const pod = watched.objects.get(uid);
    const entry = entries.get(uid) ?? { pod, started: undefined, state: undefined, told: '', isBusy: false, isChanged: false };
    if (pod === undefined && !entries.has(uid)) return;
    entries.set(uid, entry);
    entry.pod = pod;
    wake(uid, entry);
  });
  return {
    stop: async () => {
      end.abort();
      await watched.stop();
    },
  };
}

/** Runs nothing: each pod is ready at once, at an address that nobody can reach. */
export function pretendToRun(): RunPod {
  let last = 0;
  return (_pod, report) => {
    last += 1;
    report({ phase: 'Running', ready: true, addresses: [`10.128.${last >> 8}.${last & 255}`] });
    return { stop: async () => {} };
  };
}

function referenceTo({ metadata }: PodObject): ObjectReference {
  return { apiVersion: 'v1', kind: 'Pod', name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
}

async function registerNode(client: KubeClient, name: string): Promise<void> {
  const node = { apiVersion: 'v1', kind: 'Node', name };
  await client.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } } }, { fieldManager: 'kubelet', force: true });
  const resources = { cpu: '64', memory: '64Gi', pods: '10000' };
  await client.patch(node, { status: { capacity: resources, allocatable: resources, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }] } }, { subresource: 'status' });
  // Admission adds one to each new Node, and nobody else is here to take it away.
  await client.patch(node, { spec: { taints: null } });
}

async function ignoring(statuses: readonly number[], request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!(error instanceof ApiError && statuses.includes(error.status))) throw error;
  }
}
