// How many certificates the internal CA issues a second, and how long the event loop stands still meanwhile.
//   npx tsx bench/ca.ts [--leaves 3000] [--runs 5]
// Beside it a timer ticks every millisecond, as pushes would want to: its longest wait is the pause. It asserts nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createCaFolder } from '../server/certificates/ca-folder.ts';
import { openInternalCA } from '../server/certificates/internal-ca.ts';
import type { Issuer } from '../server/certificates/issuer.ts';
import type { KeyType } from '../server/certificates/key-type.ts';
import { makeRoot } from '../server/certificates/make-root.ts';
import { systemClock } from '../server/certificates/system-clock.ts';
import { createSecretService } from '../server/secrets/workload-secrets.ts';
import { median } from './growth.ts';

const { values } = parseArgs({ options: { leaves: { type: 'string', default: '3000' }, runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
const identity = 'spiffe://cluster.local/ns/bookstore/sa/bookbuyer';

interface Figures {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly pause: number;
  /** Of the event loop's time, 0 to 1. */
  readonly busy: number;
}

async function measure(count: number, work: () => Promise<unknown>): Promise<Figures> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = performance.eventLoopUtilization();
  const start = performance.now();
  delay.enable();
  await work();
  delay.disable();
  const seconds = (performance.now() - start) / 1000;
  return { perSecond: count / seconds, pause: delay.max / 1e6, busy: performance.eventLoopUtilization(before).utilization };
}

async function withCa(keyType: KeyType, use: (ca: Issuer) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'smic-bench-'));
  try {
    await createCaFolder(folder, await makeRoot(keyType, 3650, systemClock), keyType);
    const ca = await openInternalCA(folder, systemClock);
    try {
      await use(ca);
    } finally {
      ca.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(title: string, all: readonly Figures[]): void {
  const middle = (of: (figures: Figures) => number): number => median(all.map(of));
  const words = [title.padEnd(46), middle(({ perSecond }) => perSecond).toFixed(0).padStart(8), middle(({ pause }) => pause).toFixed(1).padStart(12), `${(100 * middle(({ busy }) => busy)).toFixed(0)} %`.padStart(10)];
  console.log(words.join('  '));
}

async function repeated(count: number, work: () => Promise<unknown>, times: number): Promise<readonly Figures[]> {
  await work(); // Warm.
  const all: Figures[] = [];
  for (let run = 0; run < times; run += 1) {
    all.push(await measure(count, work));
  }
  return all;
}

const leaves = Number(values.leaves);
console.log(`${'medians'.padEnd(46)}  ${'each s'.padStart(8)}  ${'pause ms'.padStart(12)}  ${'loop busy'.padStart(10)}`);
await withCa('ecdsa', async (ca) => {
  const issue = async (): Promise<unknown> => ca.issue({ identity, lifetimeSeconds: 86_400 });
  print('P-256 leaves, all asked for at once', await repeated(leaves, async () => Promise.all(Array.from({ length: leaves }, issue)), runs));
  const open = async (): Promise<void> => {
    const service = createSecretService(ca, systemClock);
    await Promise.all(Array.from({ length: leaves }, async () => service.open(identity, () => {})));
    service.close();
  };
  print('streams with their secrets, all opened at once', await repeated(leaves, open, runs));
});
await withCa('rsa', async (ca) => {
  const few = Math.min(leaves, 30);
  print('RSA-2048 leaves', await repeated(few, async () => Promise.all(Array.from({ length: few }, async () => ca.issue({ identity, lifetimeSeconds: 86_400 }))), 1));
});
