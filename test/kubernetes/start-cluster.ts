import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubeClient, type KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { RelayCall } from '../mesh/programs/relay.ts';
import { type ClusterProcess, startClusterProcess, waitFor } from './cluster-process.ts';
import { caFile, type ControlPlane, controllersCommand, etcdCommand, loopback, serverCommand, type Tokens, writeFiles } from './control-plane.ts';
import { findKubernetes } from './find-kubernetes.ts';
import { freePorts } from './free-ports.ts';
import { writeKubeconfig } from './kubeconfig.ts';

export interface ClusterOptions {
  /** Starts kube-controller-manager too; default false. */
  readonly controllers?: boolean;
  /** Addresses of Services; default 127.96.0.0/16, so that what the API server calls there stays on this machine. */
  readonly serviceRange?: string;
  /** The network namespace that all of it runs in, if not in this process's. */
  readonly netns?: string;
  /** Of the API server; default 127.0.0.1, where no pod reaches it. */
  readonly address?: string;
  /** Makes an address of that namespace reachable at a Unix socket. */
  readonly relay?: (call: RelayCall) => Promise<void>;
}

/** A Kubernetes API server with its etcd, for one test file. */
export interface Cluster {
  /** `https://<address>:<port>` */
  readonly url: string;
  /** PEM of the CA that clients need. */
  readonly ca: string;
  /** As admin. */
  readonly client: KubeClient;
  /** Path of admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly folder: string;
  /** As whoever a bearer token belongs to; what the server warns of goes to `onWarning`. Close it. */
  readonly clientWith: (token: string, onWarning?: (warning: string) => void) => KubeClient;
  /** A token of a service account, for an hour. @param audience default the API server's */
  readonly serviceAccountToken: (namespace: string, name: string, audience?: string) => Promise<string>;
  /** Writes a kubeconfig with such a token; gives its path. */
  readonly serviceAccountKubeconfig: (namespace: string, name: string) => Promise<string>;
  /** SIGKILL for the API server alone. */
  readonly killServer: () => Promise<void>;
  /** Starts it again on the same port and the same data, and waits until it is ready. */
  readonly startServer: () => Promise<void>;
  /** The process ids of all programs that run now. */
  readonly processes: () => readonly number[];
  /** Kills all and removes all. It happens too when this process ends without calling it. */
  readonly stop: () => Promise<void>;
}

/** Starts it and waits until it is ready. Needs what `missingForCluster` looks for. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const binaries = findKubernetes();
  if (binaries === undefined) {
    throw new TypeError('no Kubernetes here: ask missingForCluster first');
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(binaries, options);
    } catch (error) {
      // Between looking for a free port and listening on it somebody else may have taken it.
      if (attempt === 3 || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function tryToStart(binaries: string, options: ClusterOptions): Promise<Cluster> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'smic-kubernetes-'));
  const guard = startGuard(folder);
  const running: ClusterProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map(({ kill }) => kill()));
    await guard.stop();
  };
  try {
    const [etcd = 0, etcdPeer = 0, server = 0] = await freePorts(3);
    const plane: ControlPlane = { binaries, folder, ports: { etcd, etcdPeer, server }, serviceRange: options.serviceRange ?? '127.96.0.0/16', address: options.address ?? loopback };
    return await start(plane, writeFiles(folder), options, running, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(plane: ControlPlane, tokens: Tokens, options: ClusterOptions, running: ClusterProcess[], stop: () => Promise<void>): Promise<Cluster> {
  const { folder } = plane;
  const launch = (name: string, command: readonly string[]): ClusterProcess => {
    const process = startClusterProcess(command, join(folder, `${name}.log`), options.netns);
    running.push(process);
    return process;
  };
  launch('etcd', etcdCommand(plane));
  let server = launch('kube-apiserver', serverCommand(plane));
  const socketPath = options.relay === undefined ? undefined : join(folder, 'server.sock');
  if (socketPath !== undefined) {
    await options.relay?.({ host: plane.address, port: plane.ports.server, socketPath });
  }
  await waitFor("the API server's certificate", running, async () => existsSync(caFile(folder)) && readFileSync(caFile(folder), 'utf8').includes('END CERTIFICATE'));
  const ca = readFileSync(caFile(folder), 'utf8');
  const url = `https://${plane.address}:${plane.ports.server}`;
  const agents: Agent[] = [];
  const clientWith: Cluster['clientWith'] = (token, onWarning) => {
    const agent = new Agent({ keepAlive: true, ...(socketPath !== undefined && { socketPath }) });
    agents.push(agent);
    const credentials = { headers: { authorization: `Bearer ${token}` }, tls: { ca }, agent };
    const access = { server: url, context: undefined, namespace: 'default', credentials: async () => credentials, refresh: async () => {} };
    return createKubeClient(access, { userAgent: 'test', ...(onWarning && { onWarning }) });
  };
  const client = clientWith(tokens.admin);
  await becomeReady(client, running);
  const kubeconfig = join(folder, 'admin.kubeconfig');
  writeKubeconfig(kubeconfig, { url, ca, token: tokens.admin });
  if (options.controllers === true) {
    const own = join(folder, 'controllers.kubeconfig');
    writeKubeconfig(own, { url, ca, token: tokens.controllers }, 'system:kube-controller-manager');
    launch('kube-controller-manager', controllersCommand(plane, own));
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'default', name: 'default' };
    await waitFor('the first service account', running, async () => (await client.get(account)) !== undefined);
  }
  const serviceAccountToken: Cluster['serviceAccountToken'] = async (namespace, name, audience) => {
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600, ...(audience !== undefined && { audiences: [audience] }) } };
    const { status } = await client.createSubresource({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name }, 'token', request);
    return (status as { readonly token: string }).token;
  };
  return {
    url,
    ca,
    client,
    kubeconfig,
    folder,
    clientWith,
    serviceAccountToken,
    serviceAccountKubeconfig: async (namespace, name) => {
      const path = join(folder, `${namespace}.${name}.kubeconfig`);
      writeKubeconfig(path, { url, ca, token: await serviceAccountToken(namespace, name) }, `${namespace}/${name}`);
      return path;
    },
    killServer: async () => {
      running.splice(running.indexOf(server), 1);
      await server.kill();
    },
    startServer: async () => {
      server = launch('kube-apiserver', serverCommand(plane));
      await becomeReady(client, running);
    },
    processes: () => running.flatMap(({ process }) => process.pid ?? []),
    stop: async () => {
      agents.forEach((agent) => agent.destroy());
      await stop();
    },
  };
}

async function becomeReady(client: KubeClient, running: readonly ClusterProcess[]): Promise<void> {
  await waitFor('a ready API server', running, async () => (await client.raw({ method: 'GET', path: '/readyz', timeout: 10_000 })) === 'ok');
}

/** Removes the folder when `stop` is called, or when this process ends. The programs are killed by then or at the same moment. */
function startGuard(folder: string): { readonly stop: () => Promise<void> } {
  // Its input closes with this process. It is in a group of its own, so what kills ours doesn't kill it.
  const script = `trap '' INT TERM HUP; cat >/dev/null; for i in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" 2>/dev/null && exit; sleep 0.2; done`;
  const guard = spawn('/bin/sh', ['-c', script, 'guard', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = once(guard, 'exit');
  return {
    stop: async () => {
      guard.stdin.end();
      await ended;
    },
  };
}
