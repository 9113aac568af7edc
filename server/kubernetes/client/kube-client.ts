import { createDiscovery, type ApiResource, type Discovery, pathOf } from './discovery.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { answerOf, parseAnswer } from './json-answer.ts';
import type { KindName, KubeObject, NewObject, ObjectReference } from './kube-object.ts';
import { listObjects, type ListOptions, type ObjectList, type Selection } from './list.ts';
import { type ApiRequest, createTransport, type TransportOptions } from './transport.ts';
import { type WatchEvent, watchEvents } from './watch.ts';

/** How a single request is made. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How long to wait for the answer, milliseconds; default 30,000. */
  readonly timeout?: number;
}

/** How something is written. */
export interface WriteOptions extends CallOptions {
  /** All checks and webhooks, but nothing is stored. */
  readonly dryRun?: boolean;
  /** As whom fields are owned; default `smic`. */
  readonly fieldManager?: string;
  /** As `status`: the part of the object that is written. */
  readonly subresource?: string;
}

export interface ApplyOptions extends WriteOptions {
  /** Take over fields that another manager owns; else they are an ApiError with reason Conflict. */
  readonly force?: boolean;
}

export interface DeleteOptions extends CallOptions {
  /** What becomes of the objects that it owns; default as the server does for the kind. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  /** Only the object with this uid. */
  readonly uid?: string;
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

export interface WatchOptions extends Selection {
  /** Where to begin: that of the list. */
  readonly resourceVersion: string;
  /** When the server ends the watch. */
  readonly timeoutSeconds: number;
  /** After how long without a word (a bookmark comes each minute) the watch is given up, milliseconds; default 100,000. */
  readonly silence?: number;
  readonly signal?: AbortSignal;
  /** Called when the server has begun to answer: it goes on from the resource version. */
  readonly opened?: () => void;
}

/**
 * The Kubernetes API, in plain JSON, over connections that are kept. Kinds are named as objects name them; how the server calls them is
 * looked up. Every method rejects with an ApiError for what the server refuses, with a ConnectionError where there is no answer, with a
 * KubeConfigError where there are no credentials. Nothing is tried again but once after a 401, with credentials that were read anew.
 */
export interface KubeClient extends Discovery {
  readonly access: ClusterAccess;
  get(reference: ObjectReference, options?: CallOptions): Promise<KubeObject>;
  /** All that are selected, in pages. */
  list(kind: KindName, options?: ListOptions): Promise<ObjectList>;
  create(object: NewObject, options?: WriteOptions): Promise<KubeObject>;
  /** Posts to a part of an object that is an action, as `token` of a ServiceAccount or `binding` of a Pod. */
  createSubresource(reference: ObjectReference, subresource: string, body: unknown, options?: CallOptions): Promise<KubeObject>;
  /** Server-side apply; fields that the server doesn't know are refused. `created`: it wasn't there before. */
  apply(object: NewObject, options?: ApplyOptions): Promise<{ readonly object: KubeObject; readonly created: boolean }>;
  /** A merge patch (an object) or a JSON patch (a list). */
  patch(reference: ObjectReference, patch: object, options?: WriteOptions): Promise<KubeObject>;
  delete(reference: ObjectReference, options?: DeleteOptions): Promise<void>;
  /** The events from a resource version on. Bookmarks are among them. See watchEvents for how it ends. */
  watch(kind: KindName, options: WatchOptions): AsyncGenerator<WatchEvent>;
  /** Anything else, as `{ method: 'GET', path: '/version' }`: the body of the answer. */
  raw(request: ApiRequest): Promise<string>;
  /** Ends idle connections. */
  close(): void;
}

/** Connects to nothing yet. */
export function createKubeClient(access: ClusterAccess, options: TransportOptions): KubeClient {
  const transport = createTransport(access, options);
  const discovery = createDiscovery(transport);

  /** Sends a request whose path depends on how the server calls the kind, and reads the object that it answers with. */
  async function ask(kind: KindName, request: (resource: ApiResource) => ApiRequest, signal: AbortSignal | undefined): Promise<KubeObject> {
    return (await answerOf(transport, request(await discovery.need(kind, signal)))) as KubeObject;
  }

  return {
    ...discovery,
    access,
    close: () => transport.close(),
    raw: async (request) => (await transport.text(request)).text,
    get: (reference, call = {}) => ask(reference, (resource) => ({ method: 'GET', path: objectPath(resource, reference), ...call }), call.signal),
    async list(kind, list = {}) {
      const resource = await discovery.need(kind, list.signal ?? undefined);
      return listObjects(transport, resource, collectionPath(resource, list.namespace), list);
    },
    create: (object, write = {}) =>
      ask(object, (resource) => ({ method: 'POST', path: collectionPath(resource, namespaceOf(resource, object)), query: writeQuery(write), body: object, ...callOf(write) }), write.signal),
    createSubresource: (reference, subresource, body, call = {}) =>
      ask(reference, (resource) => ({ method: 'POST', path: `${objectPath(resource, reference)}/${subresource}`, body, ...call }), call.signal),
    async apply(object, write = {}) {
      const resource = await discovery.need(object, write.signal);
      const { name = '' } = object.metadata;
      const namespace = namespaceOf(resource, object);
      const { status, text } = await transport.text({
        method: 'PATCH',
        path: objectPath(resource, { ...object, name, ...(namespace !== undefined && { namespace }) }, write.subresource),
        query: { ...writeQuery(write), force: write.force === true ? true : undefined },
        contentType: 'application/apply-patch+yaml',
        body: object,
        ...callOf(write),
      });
      return { object: parseAnswer(text, transport) as KubeObject, created: status === 201 };
    },
    patch: (reference, patch, write = {}) =>
      ask(
        reference,
        (resource) => ({
          method: 'PATCH',
          path: objectPath(resource, reference, write.subresource),
          query: writeQuery(write),
          contentType: Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json',
          body: patch,
          ...callOf(write),
        }),
        write.signal,
      ),
    async delete(reference, { propagation, uid, gracePeriodSeconds, dryRun, ...call } = {}) {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        ...(propagation && { propagationPolicy: propagation }),
        ...(uid !== undefined && { preconditions: { uid } }),
        ...(gracePeriodSeconds !== undefined && { gracePeriodSeconds }),
        ...(dryRun && { dryRun: ['All'] }),
      };
      await ask(reference, (resource) => ({ method: 'DELETE', path: objectPath(resource, reference), body, ...call }), call.signal);
    },
    async *watch(kind, { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, silence = 100_000, signal, opened }) {
      const path = collectionPath(await discovery.need(kind, signal), namespace);
      const query = { watch: true, allowWatchBookmarks: true, labelSelector, fieldSelector, resourceVersion, timeoutSeconds };
      yield* watchEvents(transport, { method: 'GET', path, query, signal }, silence, opened);
    },
  };

  /** The namespace that an object goes to: its own, else the context's, as with kubectl. */
  function namespaceOf({ namespaced }: ApiResource, { metadata }: NewObject): string | undefined {
    return namespaced ? (metadata.namespace ?? access.namespace) : undefined;
  }
}

function callOf({ signal, timeout }: CallOptions): CallOptions {
  return { ...(signal && { signal }), ...(timeout !== undefined && { timeout }) };
}

function writeQuery({ dryRun, fieldManager = 'smic' }: WriteOptions): NonNullable<ApiRequest['query']> {
  return { fieldManager, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined };
}

function collectionPath({ apiVersion, plural, namespaced }: ApiResource, namespace: string | undefined): string {
  return `${pathOf(apiVersion)}${namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''}/${plural}`;
}

/** Throws a TypeError where a namespace or name is missing: the path would mean every object of the kind. */
function objectPath(resource: ApiResource, { kind, namespace, name }: ObjectReference, subresource?: string): string {
  if (name === '' || (resource.namespaced && !namespace)) {
    throw new TypeError(`a ${kind} is named by ${resource.namespaced ? 'namespace and name' : 'its name'}`);
  }
  return `${collectionPath(resource, namespace)}/${encodeURIComponent(name)}${subresource === undefined ? '' : `/${subresource}`}`;
}
