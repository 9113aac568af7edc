import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProgramCall } from '../../../demo/pod/pod-process.ts';
import { type CalledProcess, startCalledProcess } from '../../../demo/rig/child.ts';
import { startGuard, sweep } from '../../../demo/rig/cleanup.ts';
import { networkScript, nodeIPv4 } from '../../../demo/rig/network.ts';
import { runScript } from '../../../demo/rig/shell.ts';
import { bundlePrograms } from '../../mesh/bundle-programs.ts';
import { type Kubelet, startKubelet } from '../kubelet.ts';
import type { PodObject } from '../pod-object.ts';
import { type Cluster, startCluster } from '../start-cluster.ts';
import type { Image } from './image.ts';
import { RunningPod } from './run-pod.ts';
import { type ServiceProxy, startServiceProxy } from './service-proxy.ts';

/** A cluster of one node: API server, controllers and kubelet in a network namespace, and each pod in one of its own. */
export interface TestNode {
  readonly cluster: Cluster;
  /** The node's network namespace: where the API server is, and whatever a test adds. */
  readonly netns: string;
  readonly folder: string;
  /** A process in it, with the programs `client` and `relay`. */
  readonly process: CalledProcess;
  /** The pods that run now. */
  readonly pods: () => readonly RunningPod[];
  /** Those of a namespace with this label `app`. */
  readonly podsOf: (namespace: string, app: string) => readonly RunningPod[];
  /** Starts a process with programs in a namespace: the node's, or a pod's. */
  readonly start: (netns: string, programs: readonly ProgramCall[]) => Promise<CalledProcess>;
  /** Removes all. It is removed too when this process ends without calling it. */
  readonly stop: () => Promise<void>;
}

export interface NodeOptions {
  /** What an image's name stands for; throws where there is no such image. @param folder the node's, which every user may enter */
  readonly image: (name: string, folder: string) => Image;
}

/** Addresses of Services, as pods see them. */
const serviceRange = '10.96.0.0/16';

/** What kubelet tells every container. */
const environment = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

let made = 0;

/** Starts it. Needs what `missingForMesh` and `missingForCluster` look for. */
export async function startNode({ image }: NodeOptions): Promise<TestNode> {
  await sweep();
  made += 1;
  const prefix = `smic-${process.pid}-n${made}-`;
  const folder = mkdtempSync(join(tmpdir(), 'smic-node-'));
  chmodSync(folder, 0o755);
  const netns = `${prefix}node`;
  const guard = startGuard(prefix, folder);
  let cluster: Cluster | undefined;
  let kubelet: Kubelet | undefined;
  let proxy: ServiceProxy | undefined;
  const stop = async (): Promise<void> => {
    await proxy?.stop();
    await kubelet?.stop();
    await cluster?.stop();
    await guard.stop();
  };
  try {
    const none = '*nat\nCOMMIT\n';
    await runScript(networkScript(netns, [], { v4: none, v6: none }));
    // Or the node itself would know no way to a Service.
    await runScript(`ip netns exec ${netns} ip route add ${serviceRange} dev bridge0 src ${nodeIPv4}\n`);
    const podCommand = await bundlePrograms(folder);
    const start: TestNode['start'] = (where, programs) => startCalledProcess(where, podCommand, programs, join(folder, `${where}.log`));
    const node = await start(netns, [{ program: 'client' }, { program: 'relay' }]);
    cluster = await startCluster({ controllers: true, serviceRange, netns, address: nodeIPv4, relay: async (call) => void (await node.call('relay', call)) });
    const { client } = cluster;
    proxy = startServiceProxy(client, netns);
    const running = new Set<RunningPod>();
    const { addPod, removePod } = proxy;
    let last = 0;
    const run = (pod: PodObject, report: RunningPod['place']['report']): RunningPod => {
      last += 1;
      const own = `${prefix}${last}`;
      const hosts = addPod(own, pod.metadata.namespace ?? '');
      const withHosts = (name: string): Image => {
        const found = image(name, folder);
        return { ...found, mounts: [...(found.mounts ?? []), { source: hosts, target: '/etc/hosts', readOnly: true }] };
      };
      const place = { client, node: netns, netns: own, link: `pod${last}`, address: `10.244.${1 + (last >> 8)}.${last & 255}`, folder: join(folder, String(last)), kubelet: node, image: withHosts, podCommand, environment, report };
      const started = new RunningPod(pod, place, () => {
        running.delete(started);
        removePod(own);
        rmSync(join('/etc/netns', own), { recursive: true, force: true });
      });
      running.add(started);
      return started;
    };
    kubelet = await startKubelet(client, { run });
    return {
      cluster,
      netns,
      folder,
      process: node,
      pods: () => [...running],
      podsOf: (namespace, app) => [...running].filter(({ pod }) => pod.metadata.namespace === namespace && pod.metadata.labels?.['app'] === app),
      start,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
