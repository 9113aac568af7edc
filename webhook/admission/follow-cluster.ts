import { setMaxListeners } from 'node:events';
import { kinds } from '../../compiler/resources/kinds.ts';
import { isNotFound } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { errorWords, type Log } from '../../server/log.ts';
import { backoff } from '../../server/secrets/backoff.ts';
import { objectKey } from './object-key.ts';

export interface FollowOptions {
  readonly client: KubeClient;
  readonly log: Log;
  readonly set: (object: KubeObject) => void;
  readonly delete: (object: KubeObject) => void;
}

export interface ClusterFollower {
  /** Every kind has been read, or isn't there. */
  isComplete(): boolean;
  stop(): Promise<void>;
}

/** Seconds after which the API server ends a watch. */
const watchSeconds = 300;
/** Milliseconds after which a kind that isn't there is looked for again. */
const absence = 10_000;

/** Follows all objects that the compiler reads: lists them, watches, and begins again whenever a watch ends badly. */
export function followCluster(options: FollowOptions): ClusterFollower {
  const stopping = new AbortController();
  // Each kind listens to it, several times.
  setMaxListeners(0, stopping.signal);
  const followers = readKinds().map((kind) => followKind(kind, options, stopping.signal));
  return {
    isComplete: () => followers.every(({ isKnown }) => isKnown()),
    async stop() {
      stopping.abort();
      await Promise.all(followers.map(({ ended }) => ended));
    },
  };
}

interface Kind {
  readonly kind: string;
  /** The newest first. */
  readonly apiVersions: readonly string[];
}

/** What the compiler reads, a kind once; EndpointSlices say what Endpoints do. */
function readKinds(): readonly Kind[] {
  const versions = new Map<string, string[]>();
  for (const name of Object.keys(kinds)) {
    const [apiVersion = '', kind = ''] = name.split(' ');
    if (name !== 'v1 Endpoints') {
      const key = `${apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')))} ${kind}`;
      versions.set(key, [...(versions.get(key) ?? []), apiVersion]);
    }
  }
  const newest = (a: string, b: string): number => Number(/beta|alpha/.test(a)) - Number(/beta|alpha/.test(b)) || (a < b ? 1 : -1);
  return [...versions].map(([key, apiVersions]) => ({ kind: key.split(' ')[1] ?? '', apiVersions: apiVersions.sort(newest) }));
}

function followKind({ kind, apiVersions }: Kind, { client, log, ...changes }: FollowOptions, signal: AbortSignal): { readonly isKnown: () => boolean; readonly ended: Promise<void> } {
  let held = new Map<string, KubeObject>();
  let known = false;
  let failures = 0;

  const round = async (): Promise<void> => {
    const found = await findVersion(client, kind, apiVersions, signal);
    if (found === undefined) {
      known = true;
      await pause(absence, signal);
      return;
    }
    const name = { apiVersion: found, kind };
    const { items, resourceVersion } = await client.list(name, { signal, transform: slim });
    const next = new Map(items.map((item) => [objectKey(item), item]));
    for (const [key, object] of held) if (!next.has(key)) changes.delete(object);
    for (const object of next.values()) changes.set(object);
    held = next;
    known = true;
    failures = 0;
    let from = resourceVersion;
    while (!signal.aborted) {
      for await (const { type, object } of client.watch(name, { resourceVersion: from, timeoutSeconds: watchSeconds, signal })) {
        from = object.metadata.resourceVersion ?? from;
        if (type === 'BOOKMARK') continue;
        const kept = slim({ ...object, apiVersion: found, kind });
        if (type === 'DELETED') {
          held.delete(objectKey(kept));
          changes.delete(kept);
        } else {
          held.set(objectKey(kept), kept);
          changes.set(kept);
        }
      }
    }
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await round();
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        log.warn({ kind, error: errorWords(error) }, 'cannot follow a kind; what was known last is used');
        await pause(backoff(failures, Math.random), signal);
      }
    }
  };
  return { isKnown: () => known, ended: follow() };
}

async function findVersion(client: KubeClient, kind: string, apiVersions: readonly string[], signal: AbortSignal): Promise<string | undefined> {
  for (const apiVersion of apiVersions) {
    try {
      if (await client.find({ apiVersion, kind }, signal)) return apiVersion;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  return undefined;
}

/** Without what is long and read by nobody. */
function slim({ metadata, ...object }: KubeObject): KubeObject {
  const { managedFields: _managedFields, ...kept } = metadata;
  return { ...object, metadata: kept } as KubeObject;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
