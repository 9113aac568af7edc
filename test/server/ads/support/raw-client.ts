import { Client, credentials, type ClientDuplexStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { ResourceType } from '../../../../compiler/artifact/artifact.ts';
import { typeUrl } from '../../../envoy/type-url.ts';
import { decodeResponse, encodeRequest, type Received } from './messages.ts';

const paths = {
  sotw: '/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources',
  delta: '/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources',
} as const;
const same = (bytes: Buffer): Buffer => bytes;

export interface ClientOptions {
  readonly mode: 'sotw' | 'delta';
  readonly identity: string;
  readonly node?: string;
}

/** How a stream ended. */
export interface Ended {
  readonly code: number;
  readonly details: string;
}

/** One stream on a connection of its own. It answers nothing by itself. */
export class RawClient {
  readonly mode: 'sotw' | 'delta';
  readonly stream: ClientDuplexStream<Buffer, Buffer>;
  /** Resolves when the stream ends, however it does. */
  readonly ended: Promise<Ended>;
  readonly #client: Client;
  readonly #metadata = new Metadata();
  readonly #received: Received[] = [];
  #node: string | undefined;
  #wake = (): void => {};

  constructor(address: string, { mode, identity, node = '' }: ClientOptions) {
    this.mode = mode;
    this.#node = node;
    this.#client = new Client(address, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1, 'grpc.max_receive_message_length': -1 });
    this.#metadata.set('identity', identity);
    this.stream = this.#client.makeBidiStreamRequest(paths[mode], same, same, this.#metadata);
    this.stream.on('data', (bytes: Buffer) => {
      this.#received.push(decodeResponse(mode, bytes));
      this.#wake();
    });
    this.ended = new Promise((resolve) => {
      this.stream.on('status', ({ code, details }: Ended) => resolve({ code, details }));
    });
    this.stream.on('error', () => this.#wake());
  }

  /** Sends a request; the node goes with the first. */
  send(type: ResourceType, fields: object = {}): void {
    const node = this.#node === undefined ? {} : { node: { id: this.#node } };
    this.#node = undefined;
    this.stream.write(encodeRequest(this.mode, { ...node, type_url: typeUrl(type), ...fields }));
  }

  /** The next response, which must be of this type. */
  async next(type: ResourceType): Promise<Received> {
    for (;;) {
      const [first] = this.#received;
      if (first) {
        this.#received.shift();
        if (first.type !== type) {
          throw new Error(`expected a response of type ${type}, got ${first.type} (${[...first.resources.keys(), ...first.removed].join(', ')})`);
        }
        return first;
      }
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no response of type ${type}`)), 10_000);
        this.#wake = () => {
          clearTimeout(late);
          resolve();
        };
        void this.ended.then(({ code, details }) => {
          clearTimeout(late);
          reject(new Error(`the stream ended: ${code} ${details}`));
        });
      });
    }
  }

  /** Acknowledges a response; `fields` go with it. */
  ack(response: Received, fields: object = {}): void {
    this.send(response.type, { response_nonce: response.nonce, ...(this.mode === 'sotw' ? { version_info: response.version } : {}), ...fields });
  }

  /** Refuses a response. `version`: the last accepted (state of the world). */
  nack(response: Received, message: string, fields: object = {}): void {
    this.send(response.type, { response_nonce: response.nonce, error_detail: { code: 13, message }, ...fields });
  }

  /** What has come that nobody asked about, once all that was sent so far has been dealt with: types and names. */
  async unexpected(): Promise<readonly string[]> {
    // Answers come in the order in which the server deals with things.
    for (let round = 0; round < 3; round += 1) {
      await this.status();
    }
    return this.#received.map(({ type, resources, removed }) => `${type} ${[...resources.keys(), ...removed.map((name) => `-${name}`)].join(',')}`);
  }

  /** Client status discovery on the same connection: a ClientStatusResponse. */
  status(request: Buffer = Buffer.alloc(0)): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, response?: Buffer): void => (response ? resolve(response) : reject(error ?? new Error('no response')));
      this.#client.makeUnaryRequest('/envoy.service.status.v3.ClientStatusDiscoveryService/FetchClientStatus', same, same, request, this.#metadata, answered);
    });
  }

  close(): void {
    this.stream.cancel();
    this.#client.close();
  }
}
