import { create, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { Client, credentials, type ClientDuplexStream, type StatusObject } from '@grpc/grpc-js';
import type { ResourceType } from '../../../compiler/artifact/artifact.ts';
import { envoyMessage } from '../../envoy/envoy-messages.ts';
import { typeUrl } from '../../envoy/type-url.ts';
import type { Identity } from './test-ca.ts';

interface DeltaResponse extends Message {
  readonly typeUrl: string;
  readonly nonce: string;
  readonly resources: readonly { readonly name: string; readonly version: string; readonly resource?: { readonly value: Uint8Array } }[];
  readonly removedResources: readonly string[];
}

/** A client of the delta protocol that acknowledges all it gets. */
export interface AdsClient {
  /** `subscribe` without names: all. */
  ask(type: ResourceType, subscribe?: readonly string[]): void;
  /** Sends bytes as they are, as one message. */
  send(bytes: Uint8Array): void;
  /** What came, by type: name → bytes. */
  readonly received: ReadonlyMap<ResourceType, ReadonlyMap<string, Uint8Array>>;
  /** How many responses came. */
  readonly responses: () => number;
  /** When the stream has ended, however it did. */
  readonly ended: Promise<StatusObject>;
  /** Stops or goes on reading. */
  readonly stream: ClientDuplexStream<Uint8Array, Buffer>;
  close(): void;
}

const requestMessage = envoyMessage('envoy.service.discovery.v3.DeltaDiscoveryRequest');
const responseMessage = envoyMessage('envoy.service.discovery.v3.DeltaDiscoveryResponse');

/** A gRPC client of the server, whose certificate it verifies. */
export function connectClient(port: number, { ca, key, cert }: Partial<Identity>): Client {
  const own = credentials.createSsl(ca === undefined ? null : Buffer.from(ca), key === undefined ? null : Buffer.from(key), cert === undefined ? null : Buffer.from(cert));
  // Of its own, and not shared: each test is about its own connection.
  return new Client(`127.0.0.1:${port}`, own, {
    'grpc.ssl_target_name_override': 'smic.smic-system.svc',
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': -1,
    'grpc.max_send_message_length': -1,
    'grpc.initial_reconnect_backoff_ms': 20_000,
  });
}

export function openAds(port: number, identity: Partial<Identity>, nodeId: string): AdsClient {
  const client = connectClient(port, identity);
  const received = new Map<ResourceType, Map<string, Uint8Array>>();
  const types = new Map((['cluster', 'endpoint', 'secret', 'listener', 'route'] as const).map((type) => [typeUrl(type), type]));
  let count = 0;
  const stream: ClientDuplexStream<Uint8Array, Buffer> = client.makeBidiStreamRequest(
    '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources',
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => bytes,
  );
  const send = (fields: object): void => {
    stream.write(toBinary(requestMessage, create(requestMessage, { node: { id: nodeId }, ...fields })));
  };
  stream.on('data', (bytes: Buffer) => {
    const response = fromBinary(responseMessage, bytes) as DeltaResponse;
    const type = types.get(response.typeUrl);
    if (type !== undefined) {
      const held = received.get(type) ?? new Map<string, Uint8Array>();
      received.set(type, held);
      response.resources.forEach(({ name, resource }) => held.set(name, resource?.value ?? new Uint8Array()));
      response.removedResources.forEach((name) => held.delete(name));
    }
    count += 1;
    send({ typeUrl: response.typeUrl, responseNonce: response.nonce });
  });
  stream.on('error', () => {});
  const ended = new Promise<StatusObject>((resolve) => stream.on('status', resolve));
  return {
    ask: (type, subscribe = ['*']) => send({ typeUrl: typeUrl(type), resourceNamesSubscribe: [...subscribe] }),
    send: (bytes) => void stream.write(bytes),
    received,
    responses: () => count,
    ended,
    stream,
    close() {
      stream.cancel();
      client.close();
    },
  };
}
