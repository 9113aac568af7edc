import { ApiError } from './api-error.ts';
import type { ApiResource } from './discovery.ts';
import { answerOf } from './json-answer.ts';
import type { KubeObject } from './kube-object.ts';
import type { Transport } from './transport.ts';

/** Which objects of a kind. */
export interface Selection {
  /** Default: those of all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection {
  /** Objects a page; default 500. */
  readonly limit?: number;
  /** Done to each object as its page arrives, so that what isn't needed of a large list is never held whole. */
  readonly transform?: (object: KubeObject) => KubeObject;
  /** Called when the list is begun anew: what was transformed before is void. */
  readonly restarted?: () => void;
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
}

/** The objects, and the resource version to watch from. */
export interface ObjectList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
}

interface Page {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly KubeObject[] | null;
}

/** All objects that are selected, page after page. Where the server no longer knows the next page (410), the list is read again, in one piece. */
export async function listObjects(transport: Transport, resource: ApiResource, path: string, options: ListOptions): Promise<ObjectList> {
  const { limit = 500, restarted = () => {} } = options;
  try {
    return await pages(transport, resource, path, options, limit);
  } catch (error) {
    if (error instanceof ApiError && error.status === 410) {
      restarted();
      return pages(transport, resource, path, options, undefined);
    }
    throw error;
  }
}

async function pages(transport: Transport, { apiVersion, kind }: ApiResource, path: string, options: ListOptions, limit: number | undefined): Promise<ObjectList> {
  const { labelSelector, fieldSelector, transform = (object) => object, signal, timeout } = options;
  const items: KubeObject[] = [];
  let next: string | undefined;
  for (;;) {
    const query = { labelSelector, fieldSelector, limit, continue: next };
    const page = (await answerOf(transport, { method: 'GET', path, query, signal, timeout })) as Page;
    for (const item of page.items ?? []) {
      // Items of a list of a built-in kind don't say what they are.
      items.push(transform({ ...item, apiVersion, kind }));
    }
    next = page.metadata?.continue;
    if (!next) {
      return { items, resourceVersion: page.metadata?.resourceVersion ?? '' };
    }
  }
}
