import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFile } from '../../compiler/index.ts';
import { bookstorePrograms } from '../bookstore/programs.ts';
import { type Mesh, startMesh } from '../mesh/mesh.ts';
import type { ServerProcess } from '../mesh/server-process.ts';
import { captureTraffic } from './capture.ts';
import { difference, readTotals, type Totals, totalsLine } from './counters.ts';
import type { Screen } from './screen.ts';

export interface DemoOptions {
  readonly screen: Screen;
  /** Those of fixtures/bookstore. */
  readonly manifests: Readonly<Record<'cluster' | 'meshConfig' | 'policy' | 'split', SourceFile>>;
  readonly envoy: string;
  /** The command that runs smic. */
  readonly smic: readonly string[];
  /** Milliseconds for which each step is watched; default 4,000. */
  readonly watch?: number;
}

/** What was seen, for whoever checks it. */
export interface DemoResult {
  readonly plaintextBefore: number;
  readonly plaintextAfter: number;
  readonly permissive: Totals;
  readonly policy: Totals;
  /** At 100/0, 50/50, 0/100. */
  readonly splits: readonly Totals[];
  /** bookbuyer's requests without a book, from before the first to after the last. */
  readonly failedInShift: number;
}

/** Shows the bookstore, step by step. Everything that it made is gone when it ends, also by an error. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const { screen, manifests, smic } = options;
  await screen.step('The bookstore, without a mesh');
  await screen.say(
    'bookbuyer buys books at bookstore (v1 and v2 behind one Service), which restocks at bookwarehouse.\n' +
      'bookthief takes books without paying. Each pod is a network namespace with a real process in it.',
  );
  const mesh = await startMesh({
    cluster: [manifests.cluster],
    policies: [permissive(manifests.meshConfig)],
    programs: bookstorePrograms,
    podCommand: async () => [...smic, 'demo', '--pod-process'],
    envoy: options.envoy,
    smic,
  });
  try {
    return await steps(mesh, options);
  } finally {
    await mesh.stop();
    await screen.show('All pods, sidecars and networks are gone again.');
  }
}

async function steps(mesh: Mesh & { readonly server: ServerProcess }, { screen, manifests, watch = 4_000 }: DemoOptions): Promise<DemoResult> {
  const { meshConfig, policy, split } = manifests;
  const watchFor = (): Promise<Totals> => watchCounters(mesh, screen, watch);
  await watchFor();
  const plaintextBefore = await showWire(mesh, screen);
  await screen.next();

  await screen.step('The pods join the mesh');
  await screen.say('Each pod gets a sidecar: iptables rules send its traffic through an Envoy, which has its configuration and its certificate from smic serve.');
  await pauseCustomers(mesh, true);
  await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
  await pauseCustomers(mesh, false);
  await screen.show(`${mesh.pods.length} sidecars are ready.`);
  const plaintextAfter = await showWire(mesh, screen);
  await screen.next();

  await screen.step('Permissive mode');
  await screen.say('The traffic is encrypted, and both sides know who the other is. But everybody in the mesh may still do everything: bookthief goes on.');
  const permissiveTotals = await watchFor();
  await screen.next();

  await screen.step('The policy lands');
  await screen.say(`Now only what a TrafficTarget allows is allowed:\n${excerpt(policy, 'kind: TrafficTarget')}\nbookthief is in none.`);
  mesh.apply([meshConfig, policy]);
  await settle(mesh, async (seen) => seen.refused > 0 && seen.stolen === 0);
  const policyTotals = await watchFor();
  await screen.show(`bookthief's counter stands still: ${policyTotals.stolen} stolen, ${policyTotals.refused} refused.`);
  await screen.next();

  const splits: Totals[] = [];
  const beforeShift = await readTotals(mesh);
  for (const [v1, v2] of [[100, 0], [50, 50], [0, 100]] as const) {
    await screen.step(`The split: v1 ${v1}, v2 ${v2}`);
    await screen.say(splits.length === 0 ? 'A TrafficSplit says which version of bookstore gets how much.' : 'Only the weights change; the sidecars take them up while requests go on.');
    mesh.apply([meshConfig, policy, withWeights(split, v1, v2)]);
    await settle(mesh, async ({ boughtV1, boughtV2 }) => (v1 === 0 || boughtV1 > 0) && (v2 === 0 || boughtV2 > 0) && (v1 > 0 || boughtV1 === 0) && (v2 > 0 || boughtV2 === 0));
    splits.push(await watchFor());
    await screen.next();
  }
  const { failed } = difference(await readTotals(mesh), beforeShift);
  await screen.show(`Failed requests of bookbuyer during the shift: ${failed}.`);
  return { plaintextBefore, plaintextAfter, permissive: permissiveTotals, policy: policyTotals, splits, failedInShift: failed };
}

/** Shows the counters once a second, from zero; gives them as they are at the end. */
async function watchCounters(mesh: Mesh, screen: Screen, milliseconds: number): Promise<Totals> {
  const before = await readTotals(mesh);
  let seen = difference(before, before);
  for (let left = milliseconds; left > 0; left -= 1_000) {
    await sleep(Math.min(left, 1_000));
    seen = difference(await readTotals(mesh), before);
    await screen.show(totalsLine(seen));
  }
  return seen;
}

/** Waits until the counters of a moment look like that. */
async function settle(mesh: Mesh, looks: (seen: Totals) => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const before = await readTotals(mesh);
    await sleep(500);
    if (await looks(difference(await readTotals(mesh), before))) {
      return;
    }
  }
  throw new Error('the sidecars did not take up the change');
}

/** A look at the wire; gives how many readable pieces were found. */
async function showWire(mesh: Mesh, screen: Screen): Promise<number> {
  const capture = await captureTraffic(mesh.node, 2_000);
  if (capture === undefined) {
    await screen.show('(No look at the wire: it needs tcpdump or python3.)');
    return 0;
  }
  await screen.show(`On the wire: ${capture.bytes} bytes, ${capture.tlsRecords} TLS records, ${capture.readable.length} readable pieces${capture.readable.length > 0 ? ':' : '. Nobody reads along.'}`);
  for (const piece of capture.readable.slice(0, 6)) {
    await screen.show(`  ${piece}`);
  }
  return capture.readable.length;
}

async function pauseCustomers(mesh: Mesh, paused: boolean): Promise<void> {
  await Promise.all(['bookbuyer', 'bookthief'].map((name) => mesh.pod(name).call('pause', paused)));
}

function permissive({ name, text }: SourceFile): SourceFile {
  return { name, text: text.replace('enablePermissiveTrafficPolicyMode: false', 'enablePermissiveTrafficPolicyMode: true') };
}

function withWeights({ name, text }: SourceFile, v1: number, v2: number): SourceFile {
  const weights = [v1, v2];
  return { name, text: text.replace(/weight: \d+/g, () => `weight: ${weights.shift() ?? 0}`) };
}

/** The first document of a file that holds these words. */
function excerpt({ text }: SourceFile, words: string): string {
  const found = text.split(/^---$/m).find((document) => document.includes(words)) ?? '';
  return found.trim().replace(/^/gm, '    ');
}
