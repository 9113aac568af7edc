import { createLog } from '../../../server/log.ts';
import type { SourceOptions } from '../../../server/configuration-source.ts';
import { startServer, type RunningServer } from '../../../server/serve.ts';
import { type AdsClient, openAds } from '../../server/support/ads-client.ts';
import type { TestCa } from '../../server/support/test-ca.ts';
import { waitFor } from '../../server/support/wait-for.ts';

const loopback = { host: '127.0.0.1', port: 0 };

/** A server that follows a cluster, or begins to. */
export interface LiveServer {
  /** Settles when it serves. */
  readonly serving: Promise<RunningServer>;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** A page of its admin endpoint, which is there before it serves: status and text. */
  page(path: string): Promise<readonly [number, string]>;
  /** A sidecar that holds all of its configuration. */
  sidecar(identity: string, node: string): Promise<AdsClient>;
  close(): Promise<void>;
}

export function startLiveServer(ca: TestCa, source: SourceOptions): LiveServer {
  const lines: Record<string, unknown>[] = [];
  const stop = new AbortController();
  const log = createLog('debug', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const serving = startServer({ ...source, ca: ca.folder, log, address: loopback, adminAddress: loopback, drainSeconds: 1, signal: stop.signal });
  serving.catch(() => {});
  const clients: AdsClient[] = [];
  return {
    serving,
    lines,
    async page(path) {
      const { admin } = await waitFor(() => lines.find((line) => line['admin'] !== undefined));
      const response = await fetch(`http://127.0.0.1:${(admin as { readonly port: number }).port}${path}`);
      return [response.status, await response.text()];
    },
    async sidecar(identity, node) {
      const { adsAddress } = await serving;
      const client = openAds(adsAddress.port, await ca.issue(`spiffe://cluster.local/${identity}`), node);
      clients.push(client);
      for (const type of ['cluster', 'listener'] as const) client.ask(type);
      await waitFor(() => client.received.has('cluster') && client.received.has('listener'));
      return client;
    },
    async close() {
      clients.forEach((client) => client.close());
      stop.abort(new Error('closed'));
      await serving.then((server) => server.close()).catch(() => {});
    },
  };
}
