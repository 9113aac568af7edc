import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { iptablesRules, type IptablesOptions } from '../../webhook/iptables.ts';
import type { BootstrapOptions } from '../../server/bootstrap/bootstrap-options.ts';
import type { ProgramCall } from '../pod/pod-process.ts';
import { type CalledProcess, startCalledProcess } from './child.ts';
import { startGuard, sweep } from './cleanup.ts';
import { type Cluster, type ClusterPod, readCluster } from './cluster.ts';
import { hostsFile } from './hosts.ts';
import { kubeProxyRules } from './kube-proxy.ts';
import { applyRules, networkScript } from './network.ts';
import { Pod } from './pod.ts';
import { runScript } from './shell.ts';
import { startSidecar, type XdsCertificate } from './sidecar.ts';
import { usableBinary } from './usable-binary.ts';

export interface RigOptions {
  /** YAML with Pods, Services and EndpointSlices: what smic compiles is what is built. */
  readonly cluster: readonly string[];
  /** What runs in a pod besides the program `client`. */
  readonly programs: (pod: ClusterPod) => readonly ProgramCall[];
  /** Gives the command that runs them (see demo/pod/pod-process.ts); may put files for it into the rig's folder. */
  readonly podCommand: (folder: string) => Promise<readonly string[]>;
  /** Path of an Envoy binary. */
  readonly envoy: string;
  readonly clusterDomain?: string;
}

/** How a pod joins the mesh. */
export interface JoinOptions {
  readonly server: BootstrapOptions['server'];
  readonly certificate: XdsCertificate;
  readonly protocol?: 'delta' | 'sotw';
  readonly probes?: BootstrapOptions['probes'];
  readonly iptables?: Partial<IptablesOptions>;
  readonly envoyOptions?: readonly string[];
}

/** A cluster's pods and Services, each pod in a network namespace, on one machine whose own network stays as it is. */
export interface Rig {
  readonly cluster: Cluster;
  readonly pods: readonly Pod[];
  /** By `<namespace>/<pod>`, or by service account where it has one pod or any will do. */
  readonly pod: (name: string) => Pod;
  /** The namespace of the node, where kubelet would be, and the server is. */
  readonly node: string;
  readonly folder: string;
  /** Gives a pod its sidecar and its iptables rules, and waits until it is ready. */
  readonly join: (pod: Pod, options: JoinOptions) => Promise<void>;
  /** Starts a process with programs in a namespace: `rig.node`, or a pod's for one more application there. */
  readonly start: (netns: string, programs: readonly ProgramCall[]) => Promise<CalledProcess>;
  /** Removes all. It is removed too when this process ends without calling it. */
  readonly stop: () => Promise<void>;
}

let made = 0;

/** Builds it and starts the pods' programs, with no sidecar yet. Needs what `missingRequirements` names. */
export async function startRig(options: RigOptions): Promise<Rig> {
  await sweep();
  made += 1;
  const prefix = `smic-${process.pid}-${made}-`;
  const folder = mkdtempSync(join(tmpdir(), 'smic-mesh-'));
  const guard = startGuard(prefix, folder);
  try {
    // User 1500 must reach its files in it.
    chmodSync(folder, 0o711);
    const envoy = usableBinary(options.envoy, folder);
    const cluster = readCluster(options.cluster);
    const ipv6 = usesIPv6(cluster);
    const node = `${prefix}node`;
    const named = cluster.pods.map((spec, index) => ({ spec, netns: `${prefix}${index}` }));
    for (const { spec, netns } of named) {
      mkdirSync(`/etc/netns/${netns}`, { recursive: true });
      writeFileSync(`/etc/netns/${netns}/hosts`, hostsFile(cluster, spec.namespace, options.clusterDomain ?? 'cluster.local'));
    }
    const kubeProxy = { v4: kubeProxyRules(cluster, 4), v6: kubeProxyRules(cluster, 6) };
    await runScript(networkScript(node, named.map(({ spec, netns }) => ({ netns, addresses: spec.addresses })), kubeProxy));
    const podCommand = await options.podCommand(folder);
    const start = (netns: string, programs: readonly ProgramCall[], log = join(folder, `${netns}.log`)): Promise<CalledProcess> =>
      startCalledProcess(netns, podCommand, programs, log);
    const pods = await Promise.all(
      named.map(async ({ spec, netns }) => {
        const own = join(folder, netns.slice(prefix.length));
        mkdirSync(own, { mode: 0o711 });
        return new Pod(spec, netns, own, await start(netns, [{ program: 'client' }, ...options.programs(spec)], join(own, 'application.log')));
      }),
    );
    return {
      cluster,
      pods,
      pod: (name) => findPod(pods, name),
      node,
      folder,
      join: (pod, joining) => joinMesh(pod, envoy, ipv6, joining),
      start,
      stop: guard.stop,
    };
  } catch (error) {
    await guard.stop();
    throw error;
  }
}

function usesIPv6({ pods, ports }: Cluster): boolean {
  const addresses = [...pods.flatMap((pod) => pod.addresses), ...ports.flatMap(({ clusterIPs }) => clusterIPs)];
  return addresses.some((address) => address.includes(':'));
}

function findPod(pods: readonly Pod[], name: string): Pod {
  const found = pods.find(({ spec }) => spec.key === name) ?? pods.find(({ spec }) => spec.serviceAccount === name);
  if (found === undefined) {
    throw new TypeError(`there is no pod ${name}: there are ${pods.map(({ spec }) => spec.key).join(', ')}`);
  }
  return found;
}

/** Milliseconds until an Envoy without a listener counts as stuck. */
const readyDeadline = 60_000;

async function joinMesh(pod: Pod, envoy: string, ipv6: boolean, options: JoinOptions): Promise<void> {
  const { spec, netns, folder } = pod;
  const sidecar = startSidecar({
    netns,
    envoy,
    folder: join(folder, 'sidecar'),
    certificate: options.certificate,
    ...(options.envoyOptions && { envoyOptions: options.envoyOptions }),
    bootstrap: {
      pod: spec.key,
      cluster: `${spec.serviceAccount}.${spec.namespace}`,
      server: options.server,
      ipv6,
      ...(spec.addresses[0] !== undefined && { podAddress: spec.addresses[0] }),
      ...(options.protocol && { protocol: options.protocol }),
      ...(options.probes && { probes: options.probes }),
    },
  });
  pod.setSidecar(sidecar);
  await runScript(applyRules(netns, iptablesRules({ ipv6, ...options.iptables })));
  const deadline = Date.now() + readyDeadline;
  for (;;) {
    const { status, body } = await pod.admin('/ready');
    if (status === 200) {
      return;
    }
    const { exitCode, signalCode } = sidecar.process;
    if (exitCode !== null || signalCode !== null || Date.now() > deadline) {
      const reason = exitCode ?? signalCode ?? `not ready (${status} ${body.trim()})`;
      throw new Error(`the Envoy of ${spec.key}: ${reason}\n${readFileSync(sidecar.log, 'utf8').slice(-4_000)}`);
    }
    await sleep(50);
  }
}
