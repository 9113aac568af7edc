import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { clusterOf, type ClusterObject } from '../../../demo/rig/cluster.ts';
import { hostsFile } from '../../../demo/rig/hosts.ts';
import { kubeProxyRules } from '../../../demo/rig/kube-proxy.ts';
import { runScript } from '../../../demo/rig/shell.ts';
import type { KubeClient } from '../../../server/kubernetes/client/kube-client.ts';
import { watchObjects } from '../watch-objects.ts';

/** kube-proxy and the cluster's DNS of a node. */
export interface ServiceProxy {
  /** Gives a pod's network namespace its view of the cluster's names, and keeps it up to date. Gives the path of the hosts file. */
  readonly addPod: (netns: string, namespace: string) => string;
  readonly removePod: (netns: string) => void;
  readonly stop: () => Promise<void>;
}

/** Follows Services and EndpointSlices. @param node its network namespace */
export function startServiceProxy(client: KubeClient, node: string): ServiceProxy {
  const pods = new Map<string, string>();
  let isChanged = false;
  let isBusy = false;
  let applied = '';

  const cluster = (): ReturnType<typeof clusterOf> => clusterOf([...services.objects.values(), ...slices.objects.values()] as unknown as readonly ClusterObject[]);

  async function apply(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (isChanged) {
      isChanged = false;
      const rules = kubeProxyRules(cluster(), 4, ['PREROUTING', 'OUTPUT']);
      if (rules !== applied) {
        // The whole table at once. Connections that exist stay where they are.
        await runScript(`ip netns exec ${node} iptables-restore --table nat <<'RULES'\n${rules}RULES\n`);
        applied = rules;
      }
      pods.forEach((namespace, netns) => writeHosts(netns, namespace));
    }
    isBusy = false;
  }

  function writeHosts(netns: string, namespace: string): string {
    const path = join('/etc/netns', netns, 'hosts');
    const text = hostsFile(cluster(), namespace, 'cluster.local');
    if (!existsSync(path)) {
      mkdirSync(join('/etc/netns', netns), { recursive: true });
      writeFileSync(path, text);
    } else if (readFileSync(path, 'utf8') !== text) {
      // In place, for it is mounted in containers, and never empty.
      const file = openSync(path, 'r+');
      writeSync(file, text);
      ftruncateSync(file, Buffer.byteLength(text));
      closeSync(file);
    }
    return path;
  }

  const changed = (): void => {
    isChanged = true;
    void apply();
  };
  const services = watchObjects(client, { apiVersion: 'v1', kind: 'Service' }, changed);
  const slices = watchObjects(client, { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }, changed);
  return {
    addPod: (netns, namespace) => {
      pods.set(netns, namespace);
      return writeHosts(netns, namespace);
    },
    removePod: (netns) => void pods.delete(netns),
    stop: async () => {
      await Promise.all([services.stop(), slices.stop()]);
    },
  };
}
