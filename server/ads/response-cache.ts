import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { ServedResource } from '../configuration/served-resource.ts';
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
  readonly body: Buffer;
  /** The last with a nonce: streams of one class mostly count alike. */
  nonce: string;
  message: Buffer;
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
    const body = known?.body ?? bodyOf(response);
    const entry: Entry = { body, nonce, message: withNonce(body, nonce) };
    if (known) {
      this.#entries.set(key, entry);
    } else {
      this.#add(key, entry);
    }
    return entry.message;
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(entry);
    // The oldest goes first: what is pushed is pushed to all its streams within a moment.
    for (const [oldKey, old] of this.#entries) {
      if (this.#bytes <= this.#limit) {
        break;
      }
      this.#entries.delete(oldKey);
      this.#bytes -= sizeOf(old);
    }
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

function bodyOf({ mode, type, version, resources, removed }: Response): Buffer {
  return mode === 'sotw' ? sotwResponse(type, version, resources) : deltaResponse(type, resources, removed);
}

/** Twice: once with a nonce. */
function sizeOf({ body }: Entry): number {
  return 2 * body.length;
}
