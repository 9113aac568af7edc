import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Change } from './bundles.ts';
import { startBackground } from './background.ts';
import type { Credentials } from './certificates.ts';
import type { Contender } from './contender.ts';

const queries: Readonly<Record<Change, string>> = { routes: 'which=all&kind=rds', everything: 'which=all&kind=full', three: 'which=one&kind=rds' };

/** go-control-plane's server as a process. */
export async function startPeer(program: string, streams: number, { server, bundle }: Credentials, scratch: string): Promise<Contender> {
  const [address, admin] = await Promise.all([freeAddress(), freeAddress()]);
  const flags = { addr: address, admin, n: String(streams), cert: server.certificate, key: server.key, ca: bundle };
  const words = Object.entries(flags).flatMap(([name, value]) => [`-${name}`, value]);
  const peer = startBackground(program, words, join(scratch, 'peer.log'));
  await peer.says(/^ready$/m);
  /** Milliseconds for building what is then published. */
  const building: number[] = [];
  return {
    pid: peer.pid,
    address,
    clientFlags: {},
    async push(change) {
      const said = await (await fetch(`http://${admin}/update?${queries[change]}`)).text();
      building.push(milliseconds(/built in (\S+),/.exec(said)?.[1] ?? ''));
    },
    latencies: async (updates) => updates.map((update, push) => update.trigger_to_all_ms - (building[push] ?? Number.NaN)),
    stop: peer.stop,
  };
}

/** Of a duration as Go writes it: `1.2s`, `35.1ms`, `410µs`. */
function milliseconds(text: string): number {
  const [, value, unit] = /^([\d.]+)(s|ms|µs)$/.exec(text) ?? [];
  return Number(value) * (unit === 's' ? 1000 : unit === 'ms' ? 1 : 0.001);
}

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}
