import * as assert from 'uvu/assert';
import type { Artifact } from '../../../compiler/artifact/artifact.ts';
import type { SourceFile } from '../../../compiler/index.ts';
import type { ServerProcess } from '../../../demo/mesh/server-process.ts';
import type { CalledProcess } from '../../../demo/rig/child.ts';
import type { Pod } from '../../../demo/rig/pod.ts';
import type { StatusDocument } from '../../../server/admin/status-document.ts';
import { allow } from '../../mesh/allow.ts';
import { describeCluster } from '../../mesh/describe-cluster.ts';
import type { LoadCall, LoadResult } from '../../mesh/programs/load.ts';
import { startTestMesh, type TestMesh } from '../../mesh/start-test-mesh.ts';
import { type Edit, editedArtifact, freshConnections, place } from './edited-artifact.ts';
import { until } from './until.ts';

/** bookbuyer calls bookstore at two ports: at 80 over kept connections, at 81 over a new one for each request, which is tried once. */
export interface LoadedBookstore {
  readonly mesh: TestMesh;
  readonly buyer: Pod;
  /** The artifact of the two ports, with this change besides. */
  readonly edited: (edit?: Edit) => Artifact;
  /** Puts it where the server looks. */
  readonly apply: (edit?: Edit) => void;
  /** Requests at 250 a second while `work` is done, and longer where that was short. Fails where one of them does, or was tried again. */
  readonly underLoad: (work: () => Promise<void>) => Promise<void>;
  /** How many requests have been sent. */
  readonly sent: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

const policy: SourceFile = { name: 'policy.yaml', text: allow('books', { bookstore: ['bookbuyer'] }) };

const cluster = describeCluster([
  {
    name: 'books/bookstore',
    replicas: 2,
    ports: [
      { port: 80, targetPort: 8080 },
      { port: 81, targetPort: 8081 },
    ],
  },
  { name: 'books/bookbuyer', ports: [{ port: 80 }] },
]);

/** The SPIFFE identity that may call bookstore. */
export const buyerIdentity = 'spiffe://cluster.local/ns/books/sa/bookbuyer';

/** What bookbuyer sends. */
export const post = { method: 'POST', body: 'x'.repeat(100) };
const keptPort = 'books/bookstore|80';
const freshPort = 'books/bookstore|81';
const kept: LoadCall = { ...post, url: 'http://bookstore.books/', rate: 50, keepAlive: true };
const fresh: LoadCall = { ...post, url: 'http://bookstore.books:81/', rate: 200 };

/** A load that ends before so many requests says little. */
const fewest = 2_000;

/** Starts it with all sidecars. */
export async function startBookstore(serveOptions: readonly string[] = []): Promise<LoadedBookstore> {
  const mesh = await startTestMesh({
    cluster: [cluster],
    policies: [policy],
    programs: ({ serviceAccount }) => (serviceAccount === 'bookstore' ? [8080, 8081].map((port) => ({ program: 'httpApp', options: { port, name: 'bookstore' } })) : []),
    serveOptions,
  });
  try {
    const buyer = mesh.pod('bookbuyer');
    const bare = freshConnections(freshPort);
    const edited = (edit: Edit = ({ message }) => message): Artifact => editedArtifact([cluster, policy], (resource) => edit({ ...resource, message: bare(resource) }));
    const apply = (edit?: Edit): void => place(mesh.artifact, edited(edit));
    const digest = async (): Promise<string> => (await serverStatus(mesh.server)).artifact.digest;
    const compiled = await digest();
    apply();
    await until('the server serves the artifact with fresh connections', async () => (await digest()) !== compiled);
    await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
    const loads = await Promise.all([kept, fresh].map(async (call) => ({ call, process: await mesh.start(buyer.netns, [{ program: 'load' }]) })));
    return {
      mesh,
      buyer,
      edited,
      apply,
      underLoad: (work) => underLoad(buyer, loads, work),
      sent: async () => total(await Promise.all(loads.map(soFar))),
      stop: mesh.stop,
    };
  } catch (error) {
    await mesh.stop();
    throw error;
  }
}

interface Load {
  readonly call: LoadCall;
  readonly process: CalledProcess;
}

async function underLoad(buyer: Pod, loads: readonly Load[], work: () => Promise<void>): Promise<void> {
  const before = await connections(buyer);
  await Promise.all(loads.map(({ process, call }) => process.call('loadStart', call)));
  let results: readonly LoadResult[] = [];
  try {
    await work();
    await until(`${fewest} requests`, async () => total(await Promise.all(loads.map(soFar))) >= fewest);
  } finally {
    results = await Promise.all(loads.map(async ({ process }) => (await process.call('loadStop')) as LoadResult));
  }
  // The answers first: they say what went wrong.
  assert.equal(results.map(({ answers }) => answers), results.map(({ sent }) => ({ '200 bookstore': sent })));
  const after = await connections(buyer);
  const [keptResult, freshResult] = results;
  assert.is(after.retries, before.retries, 'the sidecar has tried requests again');
  // The test's own foundation: each of the one sort has shaken hands, and of the other hardly any.
  assert.ok(after.fresh - before.fresh >= (freshResult?.sent ?? 0), 'requests have shared connections');
  assert.ok(after.kept - before.kept < (keptResult?.sent ?? 0) / 2, 'no connections were kept');
}

async function soFar({ process }: Load): Promise<LoadResult> {
  return (await process.call('loadSoFar')) as LoadResult;
}

function total(results: readonly LoadResult[]): number {
  return results.reduce((sum, { sent }) => sum + sent, 0);
}

/** How many connections bookbuyer's sidecar has opened to bookstore's so far, and how often it has tried a request again. */
async function connections(buyer: Pod): Promise<Readonly<Record<'kept' | 'fresh' | 'retries', number>>> {
  const { body } = await buyer.admin('/stats?filter=^cluster.books/bookstore.*(upstream_cx_total|upstream_rq_retry)$');
  const values = new Map([...body.matchAll(/^cluster\.(\S+)\.(\w+): (\d+)$/gm)].map(([, name, what, value]) => [`${name} ${what}`, Number(value)]));
  const value = (key: string): number => {
    const found = values.get(key);
    assert.type(found, 'number', `${key}: ${body}`);
    return found ?? 0;
  };
  return {
    kept: value(`${keptPort} upstream_cx_total`),
    fresh: value(`${freshPort} upstream_cx_total`),
    retries: value(`${keptPort} upstream_rq_retry`) + value(`${freshPort} upstream_rq_retry`),
  };
}

/** What a server says of itself. */
export async function serverStatus(server: ServerProcess): Promise<StatusDocument> {
  const { body } = await server.admin('/status');
  return JSON.parse(body) as StatusDocument;
}
