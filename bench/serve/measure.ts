import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { median } from '../growth.ts';
import type { Change } from './bundles.ts';
import type { Credentials } from './certificates.ts';
import type { Contender } from './contender.ts';
import { faultsOf, type LoadReport } from './load-report.ts';

export type Mode = 'sotw' | 'delta';

/** What a server took, once. */
export interface Figures {
  /** From the first connection until all streams have their first configuration. */
  readonly coldMilliseconds: number;
  readonly coldCpuSeconds: number;
  readonly clientCpuSeconds: number;
  readonly bytesPerStream: number;
  readonly idleMegabytes: number;
  readonly convergedMegabytes: number;
  /** From when the change was in until the last stream had taken it. */
  readonly milliseconds: Readonly<Record<Change, number>>;
  /** From the first response at the client to the last. */
  readonly fanOutMilliseconds: Readonly<Record<Change, number>>;
  /** Of the server, with what it took to get the change in. */
  readonly cpuSeconds: Readonly<Record<Change, number>>;
  readonly pushedBytes: Readonly<Record<Change, number>>;
}

/** There and back: each change is pushed twice. */
const pushes: readonly Change[] = ['routes', 'routes', 'everything', 'everything', 'three', 'three'];

/** Loads a server with `streams` streams, once. `validate`: every byte is checked, which costs time. @throws Error where anything is wrong */
export async function measure(client: string, contender: Contender, mode: Mode, streams: number, credentials: Credentials, validate: boolean): Promise<Figures> {
  const triggers = await startTriggers(contender);
  const expected = pushes.map((change) => (change === 'three' ? 3 : streams));
  const flags = {
    addr: contender.address,
    mode,
    n: streams,
    'server-pid': contender.pid,
    ca: credentials.bundle,
    certdir: credentials.clients,
    servername: credentials.serverName,
    updates: pushes.length,
    expect: expected.join(','),
    settle: '1s',
    json: true,
    validate,
    ...contender.clientFlags,
  };
  const words = [...Object.entries(flags).map(([name, value]) => `-${name}=${value}`), ...triggers.urls.map((url) => `-trigger-url=${url}`)];
  try {
    const report = JSON.parse(await outputOf(client, words)) as LoadReport;
    const faults = faultsOf(report, expected);
    if (faults.length > 0) throw new Error(faults.join('; '));
    return figuresOf(report, await contender.latencies(report.updates ?? []));
  } finally {
    triggers.close();
  }
}

function figuresOf(report: LoadReport, latencies: readonly number[]): Figures {
  const updates = report.updates ?? [];
  const middle = (values: readonly number[]): Readonly<Record<Change, number>> => {
    const of = (change: Change): number => median(values.filter((_, push) => pushes[push] === change));
    return { routes: of('routes'), everything: of('everything'), three: of('three') };
  };
  return {
    coldMilliseconds: report.converged_ms,
    coldCpuSeconds: report.server_cpu_s,
    clientCpuSeconds: report.client_cpu_s,
    bytesPerStream: report.payload_bytes / report.streams,
    idleMegabytes: report.server_before.rss_mb,
    convergedMegabytes: report.server_after.rss_mb,
    milliseconds: middle(latencies),
    fanOutMilliseconds: middle(updates.map((update) => update.fanout_ms)),
    cpuSeconds: middle(updates.map((update) => update.server_cpu_s ?? 0)),
    pushedBytes: middle(updates.map((update) => update.payload_bytes)),
  };
}

/** The load client's output, also where it says that something is wrong: that stands in it. */
function outputOf(program: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, words, { maxBuffer: 2 ** 26, timeout: 10 * 60_000 }, (error, stdout, stderr) => {
      if (stdout.startsWith('{')) {
        resolve(stdout);
      } else {
        reject(new Error(`${program}: ${stderr || String(error)}`));
      }
    });
  });
}

/** The load client begins a push by fetching a URL. */
async function startTriggers(contender: Contender): Promise<{ readonly urls: readonly string[]; close(): void }> {
  const server = createServer((request, response) => {
    const push = Number(request.url?.slice(1));
    contender.push(pushes[push] ?? 'routes', push % 2 === 1).then(
      () => response.end(),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    urls: pushes.map((_, push) => `http://127.0.0.1:${port}/${push}`),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
