import { isDeepStrictEqual } from 'node:util';
import { ApiError } from './client/api-error.ts';
import type { KubeClient } from './client/kube-client.ts';
import type { KindName, KubeObject } from './client/kube-object.ts';
import { pause, retryDelay } from './retry-delay.ts';

/** An object that came (only `after`), went (only `before`), or is another now. */
export interface ObjectChange {
  /** `<namespace>/<name>`, or the name where there are no namespaces. */
  readonly key: string;
  readonly before?: KubeObject;
  readonly after?: KubeObject;
}

/**
 * How a kind stands. `listing`: its objects aren't known yet. `current`: they are known and followed. `away`: the API server can't be
 * asked at the moment. `denied`: permission is missing. `absent`: the server has no such kind. In all but the first, what was known
 * last is held, and in all, it is tried again.
 */
export type ReflectorState = 'listing' | 'current' | 'away' | 'denied' | 'absent';

export interface ReflectorStatus {
  readonly state: ReflectorState;
  /** In which the kind is read now; undefined where it isn't. */
  readonly apiVersion: string | undefined;
  readonly objects: number;
  /** They have been read once, or the kind was absent. */
  readonly known: boolean;
  /** What the API server said last, where it isn't `current`. */
  readonly error: string | undefined;
  /** Milliseconds since 1970, when the state began. */
  readonly since: number;
}

export interface ReflectorOptions {
  readonly client: KubeClient;
  readonly kind: string;
  /** Versions in which the kind can be read, the best first. */
  readonly apiVersions: readonly string[];
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** What is kept of an object, its uid among it; undefined: it is as if it weren't there. What is left out isn't listened to. */
  readonly keep: (object: KubeObject) => KubeObject | undefined;
  /** Called with all that changed at once: after a list, everything that differs from before. What it throws goes to `onError`. */
  readonly onChanges: (changes: readonly ObjectChange[]) => void;
  /** Called when the state has changed. */
  readonly onState?: (status: ReflectorStatus) => void;
  /** Faults of `keep` and `onChanges`. */
  readonly onError?: (error: unknown) => void;
  readonly timing?: Partial<ReflectorTiming>;
}

/** Milliseconds, but for the seconds after which a watch ends by itself. */
export interface ReflectorTiming {
  readonly watchSeconds: () => number;
  /** How long a watch may say nothing; the server sends a bookmark each minute. */
  readonly silence: number;
  /** When a kind that is denied or absent is asked for again. */
  readonly unavailable: () => number;
  /** How long the answer to a list may take to go on. */
  readonly listTimeout: number;
}

/** A copy of all objects of a kind, kept current. */
export interface Reflector {
  objects(): ReadonlyMap<string, KubeObject>;
  status(): ReflectorStatus;
  /** Settles once the objects are known, or it is known that they can't be had: denied or absent. */
  readonly settled: Promise<void>;
  /** Ends; settles when nothing more will be called and no connection is left. */
  stop(): Promise<void>;
}

const defaultTiming: ReflectorTiming = {
  // Spread, so that servers don't all ask again at once.
  watchSeconds: () => 290 + Math.floor(Math.random() * 290),
  silence: 100_000,
  unavailable: () => 5_000 + Math.random() * 5_000,
  listTimeout: 30_000,
};

/** A watch that lasted at least so long, milliseconds, shows that the server is well. */
const healthyWatch = 1000;

/** Starts to list and watch. Never gives up, whatever the API server does. */
export function startReflector(options: ReflectorOptions): Reflector {
  const { client, kind, apiVersions, namespace, labelSelector, keep, onChanges, onState = () => {}, onError = () => {} } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const controller = new AbortController();
  const { signal } = controller;
  let held: Map<string, KubeObject> = new Map();
  let apiVersion: string | undefined;
  let state: ReflectorState = 'listing';
  let error: string | undefined;
  let since = Date.now();
  let known = false;
  let settle: () => void = () => {};
  const settled = new Promise<void>((resolve) => (settle = resolve));

  function enter(next: ReflectorState, reason?: string): void {
    const changed = next !== state;
    if (changed) {
      since = Date.now();
    }
    state = next;
    error = reason;
    if (changed) {
      guarded(() => onState(status()));
    }
    if (next === 'current' || next === 'denied' || next === 'absent') {
      settle();
    }
  }

  function guarded(action: () => void): void {
    try {
      action();
    } catch (fault) {
      onError(fault);
    }
  }

  function kept(object: KubeObject): KubeObject | undefined {
    try {
      return keep(object);
    } catch (fault) {
      onError(fault);
      return undefined;
    }
  }

  function emit(changes: readonly ObjectChange[]): void {
    if (changes.length > 0 && !signal.aborted) {
      guarded(() => onChanges(changes));
    }
  }

  /** The version that the server has; undefined where it has none. */
  async function servedVersion(): Promise<string | undefined> {
    for (const version of apiVersions) {
      if (await client.find({ apiVersion: version, kind }, signal)) {
        return version;
      }
    }
    return undefined;
  }

  /** Reads everything, and says what differs from before. Gives the resource version to watch from. */
  async function relist(name: KindName): Promise<string> {
    const next = new Map<string, KubeObject>();
    const keepEach = (object: KubeObject): KubeObject => {
      const one = kept(object);
      if (one) {
        next.set(keyOf(object), one);
      }
      // Nothing more of it is needed: only this page's objects are in memory at a time.
      return nothing;
    };
    // A list that begins anew (410) must not leave what the first attempt found.
    const { resourceVersion } = await client.list(name, { namespace, labelSelector, transform: keepEach, restarted: () => next.clear(), signal, timeout: timing.listTimeout });
    const before = held;
    held = next;
    known = true;
    emit(differences(before, next));
    return resourceVersion;
  }

  /** Follows until the server ends the watch. `seen`: with each resource version to go on from. */
  async function follow(name: KindName, from: string, seen: (version: string) => void): Promise<void> {
    const events = client.watch(name, { namespace, labelSelector, resourceVersion: from, timeoutSeconds: timing.watchSeconds(), silence: timing.silence, signal, opened: () => enter('current') });
    for await (const { type, object } of events) {
      if (type !== 'BOOKMARK') {
        apply(type === 'DELETED', object);
      }
      seen(object.metadata.resourceVersion ?? '');
    }
  }

  function apply(isDeleted: boolean, object: KubeObject): void {
    const key = keyOf(object);
    const before = held.get(key);
    const after = isDeleted ? undefined : kept(object);
    if (after) {
      held.set(key, after);
    } else {
      held.delete(key);
    }
    emit(changesOf(key, before, after));
  }

  /** Everything is gone that was known of a kind that is no more. */
  function forget(): void {
    const before = held;
    held = new Map();
    known = true;
    emit(differences(before, held));
  }

  async function run(): Promise<void> {
    let version: string | undefined;
    let failures = 0;
    let missing = 0;
    while (!signal.aborted) {
      let opened = 0;
      let wait: number;
      try {
        if (version === undefined) {
          const found = await servedVersion();
          if (found === undefined) {
            missing += 1;
            // A server that is starting may not have its own kinds together: it must say that it is ready, and then still have none.
            if ((await isReady(client, signal)) && (await servedVersion()) === undefined && (!known || missing > 1)) {
              apiVersion = undefined;
              forget();
              enter('absent', `the API server has no kind ${kind} in ${apiVersions.join(', ')}`);
            }
            await pause(state === 'absent' ? timing.unavailable() : retryDelay(missing), signal);
            continue;
          }
          version = await relist({ apiVersion: found, kind });
          apiVersion = found;
          missing = 0;
          enter('current');
        }
        opened = performance.now();
        await follow({ apiVersion: apiVersion ?? '', kind }, version, (seen) => {
          version = seen === '' ? version : seen;
          failures = 0;
        });
        // The server has ended the watch as it was told to; one that ends at once isn't well.
        failures = performance.now() - opened >= healthyWatch ? 0 : failures + 1;
        wait = failures === 0 ? 0 : retryDelay(failures);
      } catch (failure) {
        if (signal.aborted) {
          return;
        }
        const status = failure instanceof ApiError ? failure.status : undefined;
        const words = failure instanceof Error ? failure.message : String(failure);
        if (opened > 0 && performance.now() - opened >= healthyWatch) {
          failures = 0;
        }
        failures += 1;
        wait = Math.max(retryDelay(failures), failure instanceof ApiError ? (failure.retryAfterSeconds ?? 0) * 1000 : 0);
        if (status === 410) {
          // Too old to go on from: at once, the first time.
          version = undefined;
          wait = failures === 1 ? 0 : wait;
        } else if (status === 403) {
          version = undefined;
          enter('denied', words);
          wait = timing.unavailable();
        } else if (status === 404) {
          version = undefined;
          // What the server was found to have is looked up again.
          await Promise.all(apiVersions.map((each) => client.resourcesOf(each, signal))).catch(() => {});
        } else {
          enter(known ? 'away' : 'listing', words);
        }
      }
      await pause(wait, signal);
    }
  }

  function status(): ReflectorStatus {
    return { state, apiVersion, objects: held.size, known, error, since };
  }

  const running = run();
  return {
    objects: () => held,
    status,
    settled,
    async stop() {
      controller.abort(new Error('stopped'));
      await running.catch(onError);
    },
  };
}

const nothing: KubeObject = { apiVersion: '', kind: '', metadata: { name: '' } };

function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Whether the server says of itself that it is complete; one that doesn't tell everybody is taken to be. */
async function isReady(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  return client.raw({ method: 'GET', path: '/readyz', signal }).then(
    () => true,
    (error: unknown) => error instanceof ApiError && error.status < 429,
  );
}

function differences(before: ReadonlyMap<string, KubeObject>, after: ReadonlyMap<string, KubeObject>): readonly ObjectChange[] {
  const gone = [...before].flatMap(([key, object]) => (after.has(key) ? [] : [{ key, before: object }]));
  return [...gone, ...[...after].flatMap(([key, object]) => changesOf(key, before.get(key), object))];
}

/** An object that was deleted and made again under its name is two changes. */
function changesOf(key: string, before: KubeObject | undefined, after: KubeObject | undefined): readonly ObjectChange[] {
  if (before && after && before.metadata.uid === after.metadata.uid) {
    return isDeepStrictEqual(before, after) ? [] : [{ key, before, after }];
  }
  return [...(before ? [{ key, before }] : []), ...(after ? [{ key, after }] : [])];
}
