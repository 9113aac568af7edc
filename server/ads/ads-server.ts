import { setImmediate } from 'node:timers/promises';
import { type Server, status as grpcStatus } from '@grpc/grpc-js';
import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { groupBy } from '../../compiler/order.ts';
import type { Clock } from '../certificates/issuer.ts';
import type { Configurations, ProxyConfiguration } from '../configuration/configuration.ts';
import { changedTypes, selectConfiguration } from '../configuration/configurations.ts';
import { errorWords, type Log } from '../log.ts';
import type { AdsMetrics, StreamRefusal } from './ads-metrics.ts';
import { clientStatusHandlers } from './client-status.ts';
import type { ProxyStatus } from './proxy-status.ts';
import { ProxyStream, type StreamContext, type Wire } from './proxy-stream.ts';
import { requestBudget } from './request-budget.ts';
import { ResponseCache } from './response-cache.ts';
import { type DatedSecrets, streamStatus } from './stream-status.ts';
import type { BytesStream, PeerOf } from './wire/bytes-stream.ts';
import { readDeltaRequest, readSotwRequest } from './wire/discovery-request.ts';
import { aggregatedDiscoveryService, clientStatusService } from './wire/services.ts';

export interface AdsServerOptions {
  readonly configurations: Configurations;
  readonly secrets: DatedSecrets;
  readonly log: Log;
  readonly metrics: AdsMetrics;
  readonly clock: Clock;
  /** Nothing that a client says counts. */
  readonly peerOf: PeerOf;
  /** Who may see the status of others' proxies by client status discovery. Default: nobody. */
  readonly seesAll?: (identity: string) => boolean;
  readonly limits?: Partial<AdsLimits>;
}

/** What a client can use up. */
export interface AdsLimits {
  /** Requests of a stream at once, and a second in the long run: beyond it, reading pauses. */
  readonly requestBurst: number;
  readonly requestsPerSecond: number;
  /** Names of one type that a stream may ask for. */
  readonly maxNames: number;
  /** Milliseconds that one type waits for the answer to another, before it goes on. */
  readonly patience: number;
  /** Bytes of encoded responses that are remembered. */
  readonly cacheBytes: number;
  /** Milliseconds from `drain` until streams are given up that don't end. */
  readonly drainTime: number;
}

const defaultLimits: AdsLimits = {
  requestBurst: 1000,
  requestsPerSecond: 200,
  maxNames: 20_000,
  patience: 5000,
  cacheBytes: 32 * 2 ** 20,
  drainTime: 5000,
};

export interface AdsServer {
  /** Adds its services to a grpc-js server. */
  addTo(server: Server): void;
  /** Serves another artifact from now on: only streams that use what changed are sent anything. */
  update(configurations: Configurations): void;
  /** A status for each open stream, sorted by identity and node. */
  statuses(): readonly ProxyStatus[];
  /** Ends all streams and accepts no more. Resolves when they are gone. */
  drain(): Promise<void>;
}

/** An ADS server: state of the world and delta, and client status discovery. It keeps nothing but what its streams need. */
export function createAdsServer(options: AdsServerOptions): AdsServer {
  const { secrets, log, metrics, clock, peerOf } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const context: StreamContext = { secrets, log, metrics, clock, cache: new ResponseCache(limits.cacheBytes), patience: limits.patience, maxNames: limits.maxNames };
  /** Streams that have been authorized, also those that haven't sent anything. */
  const calls = new Map<BytesStream, { readonly wire: Wire; readonly identity: string }>();
  const streams = new Map<BytesStream, ProxyStream>();
  let { configurations } = options;
  let draining = false;
  let whenEmpty = (): void => {};

  /** Ends a stream that isn't entitled to what it wants. */
  const refuse = (call: BytesStream, code: keyof typeof grpcStatus, words: string, refusal: StreamRefusal, facts: object): void => {
    metrics.streamsRefused.inc({ reason: refusal });
    log.warn({ ...facts, peer: call.getPeer(), reason: refusal, words }, 'refused a stream');
    call.emit('error', { code: grpcStatus[code], details: words });
  };

  const handle = (call: BytesStream, mode: 'sotw' | 'delta'): void => {
    const peer = peerOf(call);
    if (draining) {
      refuse(call, 'UNAVAILABLE', 'the server is about to stop', 'draining', {});
      return;
    }
    if (peer instanceof Error) {
      refuse(call, 'PERMISSION_DENIED', peer.message, 'no-identity', {});
      return;
    }
    const { identity, pod } = peer;
    if (!configurations.byIdentity.has(identity)) {
      refuse(call, 'PERMISSION_DENIED', `no proxy class has the identity ${identity}`, 'unknown-identity', { identity });
      return;
    }
    const wire = wireOf(call, (code, words, refusal) => refuse(call, code, words, refusal, { identity, node: streams.get(call)?.nodeId }));
    calls.set(call, { wire, identity });
    metrics.streams.inc({ mode });
    metrics.streamsOpened.inc({ mode });
    const read = mode === 'sotw' ? readSotwRequest : readDeltaRequest;
    const budget = requestBudget(limits.requestBurst, limits.requestsPerSecond, performance.now());
    let resume: NodeJS.Timeout | undefined;

    const receive = (bytes: Buffer): void => {
      const wait = budget.take(performance.now());
      if (wait > 0) {
        metrics.requestsDelayed.inc({});
        call.pause();
        resume ??= setTimeout(() => {
          resume = undefined;
          call.resume();
        }, wait).unref();
      }
      const request = read(bytes);
      const stream = streams.get(call) ?? open(request.nodeId ?? '');
      stream?.receive(request);
    };
    const open = (nodeId: string): ProxyStream | undefined => {
      if (pod !== undefined && pod !== nodeId) {
        const words = `node id ${JSON.stringify(nodeId.slice(0, 200))} is another pod than that of the certificate, ${pod}`;
        wire.end({ code: 'PERMISSION_DENIED', words, refusal: 'foreign-pod' });
        return undefined;
      }
      const configuration = selectConfiguration(configurations, identity, nodeId);
      if (!configuration) {
        denied(wire, configurations, identity, nodeId);
        return undefined;
      }
      const stream = new ProxyStream(identity, nodeId, mode, configuration, wire, context);
      streams.set(call, stream);
      log.debug({ node: nodeId, identity, proxyClass: configuration.key, mode, peer: wire.peer }, 'a proxy has connected');
      return stream;
    };
    const close = (): void => {
      if (!calls.delete(call)) {
        return;
      }
      clearTimeout(resume);
      const stream = streams.get(call);
      stream?.close();
      streams.delete(call);
      metrics.streams.dec({ mode });
      log.debug({ node: stream?.nodeId, identity, peer: wire.peer }, 'a proxy has gone');
      if (calls.size === 0) {
        whenEmpty();
      }
    };
    call.on('data', (bytes: Buffer) => {
      if (!calls.has(call)) {
        return;
      }
      try {
        receive(bytes);
      } catch (error) {
        wire.end({ code: 'INVALID_ARGUMENT', words: `not a discovery request: ${errorWords(error)}`, refusal: 'malformed' });
      }
    });
    call.on('end', () => {
      close();
      call.end();
    });
    for (const event of ['error', 'cancelled', 'close']) {
      call.on(event, close);
    }
  };

  const update = (next: Configurations): void => {
    const now = performance.now();
    configurations = next;
    const due: Due[] = [];
    for (const [call, stream] of streams) {
      const configuration = selectConfiguration(next, stream.identity, stream.nodeId);
      if (!configuration) {
        const words = `no proxy class is left for ${stream.identity}, node id ${JSON.stringify(stream.nodeId.slice(0, 200))}`;
        calls.get(call)?.wire.end({ code: 'PERMISSION_DENIED', words, refusal: 'identity-removed' });
      } else if (configuration !== stream.configuration) {
        due.push({ stream, configuration });
      }
    }
    for (const { wire, identity } of calls.values()) {
      // Also those that haven't said which pod they are.
      if (!next.byIdentity.has(identity)) {
        wire.end({ code: 'PERMISSION_DENIED', words: `no proxy class has the identity ${identity}`, refusal: 'identity-removed' });
      }
    }
    tell(due, now, () => configurations === next).catch((error: unknown) => log.error({ error: errorWords(error) }, 'not all streams could be told of a new configuration'));
  };

  return {
    addTo(server) {
      server.addService(aggregatedDiscoveryService, {
        StreamAggregatedResources: (call: BytesStream) => handle(call, 'sotw'),
        DeltaAggregatedResources: (call: BytesStream) => handle(call, 'delta'),
      });
      const seesAll = options.seesAll ?? (() => false);
      server.addService(clientStatusService, clientStatusHandlers({ streams: () => streams.values(), peerOf, seesAll, metrics, log }));
    },
    update,
    statuses: () =>
      [...streams.values()]
        .map((stream) => streamStatus(stream, secrets))
        .sort((a, b) => (`${a.identity} ${a.node}` < `${b.identity} ${b.node}` ? -1 : 1)),
    async drain() {
      draining = true;
      if (calls.size === 0) {
        return;
      }
      const empty = new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
      for (const { wire } of calls.values()) {
        wire.end();
      }
      // A client that doesn't read can't be told: it's left to whoever closes the connections.
      const late = setTimeout(() => whenEmpty(), limits.drainTime);
      await empty;
      clearTimeout(late);
    },
  };
}

/** A stream, and what it is to be told of. */
interface Due {
  readonly stream: ProxyStream;
  readonly configuration: ProxyConfiguration;
}

/** How many streams are told at once: some milliseconds' worth. */
const toldAtOnce = 32;

/**
 * Tells streams, some at a time: what goes to the first ones leaves, and answers are read, while others are still to be told.
 * Stops where it's no longer `current`: a later configuration goes to all of them then.
 */
async function tell(due: readonly Due[], now: number, current: () => boolean): Promise<void> {
  const changes = new Map<ProxyConfiguration, Map<ProxyConfiguration, readonly ResourceType[]>>();
  // Streams of a class one after the other: what is encoded for the first serves the others.
  const ordered = [...groupBy(due, ({ configuration }) => configuration).values()].flat();
  for (let start = 0; start < ordered.length && current(); start += toldAtOnce) {
    for (const { stream, configuration } of ordered.slice(start, start + toldAtOnce)) {
      const before = stream.configuration;
      const known = changes.get(before) ?? new Map<ProxyConfiguration, readonly ResourceType[]>();
      changes.set(before, known);
      const types = known.get(configuration) ?? changedTypes(before, configuration);
      known.set(configuration, types);
      stream.update(configuration, types, now);
    }
    await setImmediate();
  }
}

function wireOf(call: BytesStream, refuse: (code: keyof typeof grpcStatus, words: string, refusal: StreamRefusal) => void): Wire {
  let ended = false;
  return {
    peer: call.getPeer(),
    write(message, flushed) {
      if (!ended && !call.destroyed) {
        call.write(message, (error: Error | null | undefined) => {
          if (!error) {
            flushed();
          }
        });
      }
    },
    end(reason) {
      if (ended) {
        return;
      }
      ended = true;
      if (reason) {
        refuse(reason.code, reason.words, reason.refusal);
      } else {
        call.end();
      }
    },
  };
}

function denied(wire: Wire, configurations: Configurations, identity: string, nodeId: string): void {
  const classes = configurations.byIdentity.get(identity)?.map(({ key }) => key) ?? [];
  const words = `node id ${JSON.stringify(nodeId.slice(0, 200))} is no pod of ${identity}: that has several proxy classes (${classes.join(', ')}), and a pod's name must choose one`;
  wire.end({ code: 'PERMISSION_DENIED', words, refusal: 'unknown-pod' });
}
