import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { loadClusterAccess } from '../server/kubernetes/client/kube-config.ts';
import { createKubeClient, type KubeClient } from '../server/kubernetes/client/kube-client.ts';
import type { NewObject } from '../server/kubernetes/client/kube-object.ts';
import { startCluster } from '../test/kubernetes/start-cluster.ts';
import { installCrds } from '../test/kubernetes/support/apply-objects.ts';
import { type AdsClient, openAds } from '../test/server/support/ads-client.ts';
import { makeTestCa, type TestCa } from '../test/server/support/test-ca.ts';
import { waitFor } from '../test/server/support/wait-for.ts';
import { clusterObjects, splitCallers } from './live/cluster-objects.ts';

/*
 * Measures smic serve --live against a real API server: `npx tsx bench/live.ts [namespaces, default 50] [edits, default 50]`, after
 * `npm run build`. Each namespace has 20 Services with 5 pods each. Asserts no times.
 */

const [namespaces = 50, edits = 50] = process.argv.slice(2).map(Number);
const root = join(import.meta.dirname, '..');
const objects = clusterObjects(namespaces);

interface Server {
  readonly port: number;
  readonly status: () => Promise<{ readonly artifact: { readonly digest: string }; readonly cluster: { readonly synced: boolean; readonly kinds: readonly { readonly kind: string; readonly state: string; readonly objects: number }[] } }>;
  readonly memory: () => Promise<number>;
  /** Seconds from the start of the process. */
  readonly seconds: { readonly synced: number; readonly serving: number };
  readonly stop: () => Promise<void>;
}

async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

async function create(client: KubeClient, { status, ...object }: NewObject): Promise<void> {
  await client.create(object as NewObject);
  if (status !== undefined) {
    const { namespace = '', name = '' } = object.metadata;
    await client.patch({ apiVersion: object.apiVersion, kind: object.kind, namespace, name }, { status }, { subresource: 'status' });
  }
}

async function serve(kubeconfig: string, ca: TestCa): Promise<Server> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist/bin/smic.js'), 'serve', '--live', '--kubeconfig', kubeconfig, '--ca', ca.folder, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--drain', '1s'], { stdio: ['ignore', 'ignore', 'pipe'] });
  process.on('exit', () => child.kill('SIGKILL'));
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  let synced = 0;
  const { port, admin } = await new Promise<{ readonly port: number; readonly admin: number }>((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      const { msg, address, admin: where } = JSON.parse(line);
      if (msg === 'follows the objects of a kind' || msg === 'the API server does not have a kind; served without it') synced = (performance.now() - started) / 1000;
      if (msg === 'serving') resolve({ port: address.port, admin: where.port });
    });
    void ended.then(() => reject(new Error('smic serve ended')));
  });
  const serving = (performance.now() - started) / 1000;
  const page = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${admin}${path}`)).text();
  return {
    port,
    status: async () => JSON.parse(await page('/status')),
    memory: async () => Number(/^process_resident_memory_bytes (\S+)/m.exec(await page('/metrics'))?.[1]) / 2 ** 20,
    seconds: { synced, serving },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Sidecars of everybody who has the split of a namespace in a route, with all routes. */
async function sidecars(server: Server, ca: TestCa, namespace: string): Promise<readonly AdsClient[]> {
  return Promise.all(
    splitCallers.map(async (account) => {
      const client = openAds(server.port, await ca.issue(`spiffe://cluster.local/ns/${namespace}/sa/${account}`), `${namespace}/${account}-0`);
      client.ask('cluster');
      client.ask('listener');
      client.ask('route', [`rds-outbound.${namespace}/s0|80`]);
      await waitFor(() => client.responses() >= 3);
      return client;
    }),
  );
}

function quantile(values: readonly number[], part: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
}

const ca = await makeTestCa();
const cluster = await startCluster();
const client = createKubeClient(await loadClusterAccess({ kubeconfig: cluster.kubeconfig }), { userAgent: 'smic-bench' });
let server: Server | undefined;
try {
  await installCrds(client);
  const filling = performance.now();
  for (const list of [objects.namespaces, objects.accounts, objects.services, objects.pods, objects.slices, objects.policies]) {
    await each(list, (object) => create(client, object));
  }
  const counts = `${objects.pods.length} pods, ${objects.services.length} services, ${objects.policies.length} policies`;
  console.log(`${counts}; put into the API server in ${((performance.now() - filling) / 1000).toFixed(0)} s`);

  server = await serve(cluster.kubeconfig, ca);
  console.log(`all known ${server.seconds.synced.toFixed(2)} s, serving ${server.seconds.serving.toFixed(2)} s after the start; ${(await server.memory()).toFixed(0)} MiB`);

  const watchers = await sidecars(server, ca, 'shop-1');
  const split = { apiVersion: 'split.smi-spec.io/v1alpha4', kind: 'TrafficSplit', namespace: 'shop-1', name: 'split' };
  const applied: number[] = [];
  const sent: number[] = [];
  for (let turn = 0; turn < edits; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    const before = watchers.map((watcher) => watcher.responses());
    const weight = 1 + turn;
    const began = performance.now();
    const done = waitFor(() => watchers.every((watcher, index) => watcher.responses() > (before[index] ?? 0)));
    await client.apply({ ...split, metadata: { namespace: split.namespace, name: split.name }, spec: { service: 's0', backends: [{ service: 's0', weight }, { service: 's1', weight: 100 - weight }] }, namespace: undefined, name: undefined }, { force: true });
    await done;
    applied.push(performance.now() - began);
    sent.push(watchers.reduce((sum, watcher, index) => sum + watcher.responses() - (before[index] ?? 0), 0));
  }
  console.log(`apply of a TrafficSplit to the last of ${watchers.length} sidecars: ${quantile(applied, 0.5).toFixed(0)} ms (median), ${quantile(applied, 0.99).toFixed(0)} ms (p99) of ${edits}; responses an edit: ${quantile(sent, 0.5)} (median), ${quantile(sent, 1)} (most)`);
  console.log(`${(await server.memory()).toFixed(0)} MiB after the edits`);

  await cluster.killServer();
  await cluster.startServer();
  // While nobody may have noticed yet.
  await each(objects.pods.filter((_, index) => index % 50 === 0), ({ metadata: { namespace = '', name = '' } }) => client.delete({ apiVersion: 'v1', kind: 'Pod', namespace, name }, { gracePeriodSeconds: 0 }));
  const { digest, seconds } = await caughtUp(server);
  const fresh = await serve(cluster.kubeconfig, ca);
  const same = (await fresh.status()).artifact.digest === digest;
  await fresh.stop();
  console.log(`the API server killed and back, ${Math.ceil(objects.pods.length / 50)} pods deleted: current after ${seconds.toFixed(1)} s; the same configuration as a fresh server: ${same ? 'yes' : 'NO'}; ${(await server.memory()).toFixed(0)} MiB`);
  watchers.forEach((watcher) => watcher.close());
} finally {
  await server?.stop();
  client.close();
  await cluster.stop();
  ca.remove();
}

/** Waits until the server follows everything again and nothing has changed for a second. */
async function caughtUp(following: Server): Promise<{ readonly digest: string; readonly seconds: number }> {
  const began = performance.now();
  let last = '';
  let since = began;
  for (;;) {
    const { artifact, cluster: now } = await following.status();
    const held = now.kinds.find(({ kind }) => kind === 'Pod')?.objects;
    const isCurrent = now.kinds.every(({ state }) => state === 'current' || state === 'absent');
    if (artifact.digest !== last || !isCurrent || held !== objects.pods.length - Math.ceil(objects.pods.length / 50)) {
      last = artifact.digest;
      since = performance.now();
    } else if (performance.now() - since > 1000) {
      return { digest: last, seconds: (since - began) / 1000 };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
