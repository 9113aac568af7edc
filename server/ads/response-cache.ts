import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
import { sizeOf } from '../configuration/protobuf-fields.ts';
import { deltaResponse, sotwResponse, withNonce } from './wire/discovery-response.ts';

/** What a response says, but for its nonce. */
export interface Response {
  readonly mode: 'sotw' | 'delta';
  readonly type: ResourceType;
  /** State of the world only. */
  readonly version: string;
  readonly resources: readonly ServedResource[];
  /** Delta only. */
  readonly removed: readonly string[];
}

interface Entry {
  /** The last that was sent: streams of one class mostly count alike. */
  readonly message: Buffer;
  readonly nonce: string;
  /** How much of it is the same whatever the nonce. */
  readonly bodyLength: number;
}

/** Encodes responses: once for all streams that get the same resources at about the same time. */
export class ResponseCache {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  readonly #ids = new WeakMap<ServedResource, number>();
  #lastId = 0;
  #bytes = 0;

  /** @param limit how many bytes of responses are remembered */
  constructor(limit: number) {
    this.#limit = limit;
  }

  encode(response: Response, nonce: string): Buffer {
    const { mode, type, resources, removed } = response;
    if (type === 'secret') {
      // Keys are of one stream only, and aren't remembered.
      return withNonce(bodyOf(response), nonce);
    }
    const key = JSON.stringify([mode, type, response.version, resources.map((resource) => this.#idOf(resource)), removed]);
    const known = this.#entries.get(key);
    if (known?.nonce === nonce) {
      return known.message;
    }
    const body = known ? [known.message.subarray(0, known.bodyLength)] : bodyOf(response);
    const entry: Entry = { message: withNonce(body, nonce), nonce, bodyLength: sizeOf(body) };
    this.#add(key, entry);
    return entry.message;
  }

  #add(key: string, entry: Entry): void {
    this.#remove(key);
    this.#entries.set(key, entry);
    this.#bytes += entry.message.length;
    // The oldest goes first: what is pushed is pushed to all its streams within a moment.
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limit) {
        break;
      }
      this.#remove(oldest);
    }
  }

  #remove(key: string): void {
    this.#bytes -= this.#entries.get(key)?.message.length ?? 0;
    this.#entries.delete(key);
  }

  #idOf(resource: ServedResource): number {
    const known = this.#ids.get(resource);
    if (known !== undefined) {
      return known;
    }
    this.#lastId += 1;
    this.#ids.set(resource, this.#lastId);
    return this.#lastId;
  }
}

function bodyOf({ mode, type, version, resources, removed }: Response): readonly Uint8Array[] {
  return mode === 'sotw' ? sotwResponse(type, version, resources) : deltaResponse(type, resources, removed);
}
