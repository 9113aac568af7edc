import { create, fromBinary, toBinary, type Message } from '@bufbuild/protobuf';
import { Server, ServerCredentials, type ServerDuplexStream } from '@grpc/grpc-js';
import { resourceTypes, type ResourceType } from '../../compiler/artifact/artifact.ts';
import { envoyMessage } from './envoy-messages.ts';
import { typeOfUrl, typeUrl } from './type-url.ts';

/** A response that Envoy refused. */
export interface Refusal {
  readonly type: ResourceType;
  /** What the response held. */
  readonly names: readonly string[];
  readonly message: string;
}

/** The bytes of a resource, if there is such a one. */
export type Find = (type: ResourceType, name: string) => Uint8Array | undefined;

/** A delta ADS server for one Envoy that is told what to send, step by step. */
export interface AdsServer {
  /** Resolves when Envoy has asked for listeners, the last thing it does when it starts. */
  readonly connected: () => Promise<void>;
  /** Sends clusters or listeners, and takes others back. */
  readonly push: (type: 'cluster' | 'listener', names: Iterable<string>, removed?: Iterable<string>) => void;
  /** Where the bytes of resources come from that are pushed or subscribed to. */
  readonly serve: (find: Find) => void;
  /** Resolves when every response is answered, and every subscription that followed from one. */
  readonly settled: () => Promise<void>;
  /** What is subscribed to now, beside all clusters and all listeners. */
  readonly subscribed: (type: ResourceType) => ReadonlySet<string>;
  /** Refusals since the last call. */
  readonly takeRefusals: () => readonly Refusal[];
  readonly stop: () => void;
}

interface DeltaRequest extends Message {
  readonly typeUrl: string;
  readonly resourceNamesSubscribe: readonly string[];
  readonly resourceNamesUnsubscribe: readonly string[];
  readonly responseNonce: string;
  readonly errorDetail?: { readonly message: string };
}

const requestMessage = envoyMessage('envoy.service.discovery.v3.DeltaDiscoveryRequest');
const responseMessage = envoyMessage('envoy.service.discovery.v3.DeltaDiscoveryResponse');

/** Listens on a unix socket and resolves when that is done. */
export async function startAdsServer(socket: string): Promise<AdsServer> {
  const subscriptions = new Map(resourceTypes.map((type) => [type, new Set<string>()]));
  /** Nonce → names of the resources. */
  const unanswered = new Map<string, readonly string[]>();
  let find: Find = () => undefined;
  let refusals: Refusal[] = [];
  let stream: ServerDuplexStream<DeltaRequest, Uint8Array> | undefined;
  let connect = (): void => {};
  const connected = new Promise<void>((resolve) => {
    connect = resolve;
  });
  let waiting: (() => void)[] = [];
  let sent = 0;

  function send(type: ResourceType, names: Iterable<string>, removed: Iterable<string> = []): void {
    sent += 1;
    const nonce = String(sent);
    const list = [...names].map((name) => ({
      name,
      // Never the same twice: everything is judged anew.
      version: nonce,
      resource: { typeUrl: typeUrl(type), value: find(type, name) },
    }));
    unanswered.set(nonce, [...names]);
    stream?.write(toBinary(responseMessage, create(responseMessage, { typeUrl: typeUrl(type), nonce, resources: list, removedResources: [...removed] })));
  }

  function receive(request: DeltaRequest): void {
    const type = typeOfUrl(request.typeUrl);
    if (type === undefined) {
      return;
    }
    const names = subscriptions.get(type) ?? new Set();
    request.resourceNamesSubscribe.forEach((name) => names.add(name));
    request.resourceNamesUnsubscribe.forEach((name) => names.delete(name));
    if (request.errorDetail !== undefined) {
      refusals.push({ type, names: unanswered.get(request.responseNonce) ?? [], message: request.errorDetail.message.trim() });
    }
    const wanted = request.resourceNamesSubscribe;
    if (wanted.length > 0 && type !== 'cluster' && type !== 'listener') {
      for (const name of wanted) {
        // One a response, because refusals of these kinds don't name the resource.
        // "Removed" says that there is no such resource, so that nothing waits for it.
        const known = find(type, name) !== undefined;
        send(type, known ? [name] : [], known ? [] : [name]);
      }
    } else if (request.responseNonce === '') {
      // The first request for all clusters or all listeners.
      send(type, []);
      if (type === 'listener') {
        connect();
      }
    }
    unanswered.delete(request.responseNonce);
    if (unanswered.size === 0) {
      const resolved = waiting;
      waiting = [];
      resolved.forEach((resolve) => resolve());
    }
  }

  function drained(): Promise<void> {
    return unanswered.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
  }

  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(service, {
    delta: (opened: ServerDuplexStream<DeltaRequest, Uint8Array>) => {
      stream = opened;
      opened.on('data', receive);
      opened.on('end', () => opened.end());
      // Envoy was stopped.
      opened.on('error', () => {});
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => (error ? reject(error) : resolve()));
  });
  return {
    connected: () => connected,
    push: send,
    serve: (finder) => {
      find = finder;
    },
    settled: async () => {
      // Envoy answers in order: once it has answered an empty response, its requests that follow from earlier ones have been seen.
      for (let before = -1; before !== sent; ) {
        await drained();
        before = sent + 1;
        send('cluster', []);
        await drained();
      }
    },
    subscribed: (type) => subscriptions.get(type) ?? new Set(),
    takeRefusals: () => {
      const taken = refusals;
      refusals = [];
      return taken;
    },
    stop: () => server.forceShutdown(),
  };
}

const service = {
  delta: {
    path: '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources',
    requestStream: true,
    responseStream: true,
    requestSerialize: (request: DeltaRequest) => Buffer.from(toBinary(requestMessage, request)),
    requestDeserialize: (bytes: Buffer) => fromBinary(requestMessage, bytes) as DeltaRequest,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
    responseDeserialize: (bytes: Buffer): Uint8Array => bytes,
  },
} as const;
