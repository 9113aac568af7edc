import { type Metadata, Server, ServerCredentials, type ServerOptions } from '@grpc/grpc-js';
import { existsSync } from 'node:fs';
import type { LoadedArtifact } from '../../../../compiler/artifact/loaded-artifact.ts';
import type { AdsMetrics } from '../../../../server/ads/ads-metrics.ts';
import { adsInstruments } from '../../../../server/ads/ads-metrics.ts';
import { type AdsLimits, type AdsServer, createAdsServer } from '../../../../server/ads/ads-server.ts';
import { configurationsOf } from '../../../../server/configuration/configurations.ts';
import { createLog } from '../../../../server/log.ts';
import { serverOptions } from '../../../../server/grpc/server-options.ts';
import { RawClient, type ClientOptions } from './raw-client.ts';
import { testSecretService, type TestSecretService } from './test-secret-service.ts';

export interface TestServer {
  readonly address: string;
  readonly ads: AdsServer;
  readonly secrets: TestSecretService;
  /** Lines of the log, as objects. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** `<instrument>{<labels' values>}` → value; of a histogram how many there were. */
  readonly counts: ReadonlyMap<string, number>;
  update(artifact: LoadedArtifact): void;
  connect(options: ClientOptions): RawClient;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  readonly limits?: Partial<AdsLimits>;
  readonly grpc?: ServerOptions;
  /** The identity of clients that say nothing of theirs. */
  readonly identity?: string;
  readonly seesAll?: (identity: string) => boolean;
  /** Path of a socket to listen on besides. */
  readonly socket?: string;
}

/** A server on a free port of loopback. A client's identity is what it says in its metadata: TLS is another's part. */
export async function startTestServer(artifact: LoadedArtifact, options: TestServerOptions = {}): Promise<TestServer> {
  const secrets = testSecretService();
  const lines: Readonly<Record<string, unknown>>[] = [];
  const { metrics, counts } = countingMetrics();
  const log = createLog('debug', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const ads = createAdsServer({
    configurations: configurationsOf(artifact),
    secrets,
    log,
    metrics,
    clock: { now: () => Date.now(), at: () => () => {} },
    peerOf: (call) => {
      const [said] = (call as unknown as { readonly metadata: Metadata }).metadata.get('identity');
      const identity = String(said ?? options.identity ?? '');
      return identity === '' ? new Error('no identity') : { identity };
    },
    ...(options.seesAll && { seesAll: options.seesAll }),
    ...(options.limits && { limits: options.limits }),
  });
  // Without channelz, grpc-js forgets its connections in forceShutdown.
  const server = new Server({ ...serverOptions, 'grpc.enable_channelz': 1, ...options.grpc });
  ads.addTo(server);
  const bind = (where: string): Promise<number> =>
    new Promise((resolve, reject) => {
      server.bindAsync(where, ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
    });
  const port = await bind('127.0.0.1:0');
  if (options.socket !== undefined) {
    await bind(`unix:${options.socket}`);
  }
  const address = `127.0.0.1:${port}`;
  const clients: RawClient[] = [];
  return {
    address,
    ads,
    secrets,
    lines,
    counts,
    update: (next) => ads.update(configurationsOf(next)),
    connect(client) {
      const raw = new RawClient(address, client);
      clients.push(raw);
      return raw;
    },
    async stop() {
      clients.forEach((client) => client.close());
      server.forceShutdown();
      // Until then its socket stays, and the next server's would be removed with it.
      for (const deadline = Date.now() + 5000; options.socket !== undefined && existsSync(options.socket) && Date.now() < deadline; ) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

function countingMetrics(): { readonly metrics: AdsMetrics; readonly counts: ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  const instruments = Object.keys(adsInstruments).map((key) => {
    const add = (labels: object, value: number): void => {
      const name = `${key}{${Object.values(labels).join()}}`;
      counts.set(name, (counts.get(name) ?? 0) + value);
    };
    return [
      key,
      {
        inc: (labels: object, value = 1) => add(labels, value),
        dec: (labels: object, value = 1) => add(labels, -value),
        observe: (labels: object) => add(labels, 1),
      },
    ];
  });
  return { metrics: Object.fromEntries(instruments) as AdsMetrics, counts };
}
