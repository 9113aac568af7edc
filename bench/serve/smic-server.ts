import { linkSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startBackground } from './background.ts';
import type { Credentials } from './certificates.ts';
import type { Contender } from './contender.ts';

/** The built command. */
export const command: string = join(import.meta.dirname, '../../dist/bin/smic.js');

/** `smic serve` as a process. `bundles`: where `writeBundles` has written; `nodeFlags` go to Node. */
export async function startSmic(bundles: string, { ca, nodeIds }: Credentials, nodeFlags: readonly string[]): Promise<Contender> {
  const served = join(bundles, 'served.bundle');
  const put = (name: string): void => {
    const next = join(bundles, 'next');
    rmSync(next, { force: true });
    linkSync(join(bundles, `${name}.bundle`), next);
    renameSync(next, served);
  };
  put('base');
  const words = [...nodeFlags, command, 'serve', served, '--ca', ca, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--drain', '1s'];
  const server = startBackground(process.execPath, words, join(bundles, 'smic.log'));
  const ready = JSON.parse((await server.says(/^\{.*"msg":"serving".*\}$/m))[0]) as { readonly address: Address; readonly admin: Address };
  const answers = async (): Promise<Answers> => answersOf(await (await fetch(`http://${textOf(ready.admin)}/metrics`)).text());
  const before: Answers[] = [];
  return {
    pid: server.pid,
    address: textOf(ready.address),
    clientFlags: { 'node-ids': nodeIds },
    async push(change, back) {
      before.push(await answers());
      put(back ? 'base' : change);
    },
    async latencies(updates) {
      const all = [...before, await answers()];
      return updates.map((update, push) => {
        const [from, to] = [all[push], all[push + 1]];
        if (!from || !to || !update.per_stream) return Number.NaN;
        // The client knows when it began, the server how long ago the change was in when a stream answered, on average: the
        // difference of both averages is how long the artifact took to get in.
        const mean = (1000 * (to.seconds - from.seconds)) / (to.count - from.count);
        return update.trigger_to_all_ms - update.per_stream.mean_ms + mean;
      });
    },
    stop: server.stop,
  };
}

interface Address {
  readonly host: string;
  readonly port: number;
}

const textOf = ({ host, port }: Address): string => `${host}:${port}`;

/** How many answers to pushed routes there were (the last type that a stream gets), and how long they took after the change together. */
interface Answers {
  readonly count: number;
  readonly seconds: number;
}

function answersOf(metrics: string): Answers {
  const value = (suffix: string): number => Number(new RegExp(`^smic_ads_change_to_ack_seconds_${suffix}\\{type="route"\\} (.*)$`, 'm').exec(metrics)?.[1] ?? 0);
  return { count: value('count'), seconds: value('sum') };
}
