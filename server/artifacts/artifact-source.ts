import { resolve } from 'node:path';
import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';
import type { Configurations } from '../configuration/configuration.ts';
import { errorWords, type Log } from '../log.ts';
import { artifactLoader } from './artifact-loader.ts';
import { watchPath } from './watch-path.ts';

/** Why an artifact is loaded. */
export type LoadReason = 'start' | 'changed' | 'signal' | 'retry';

/** What came of it. */
export interface LoadResult {
  readonly reason: LoadReason;
  readonly outcome: 'loaded' | 'unchanged' | 'refused';
  readonly seconds: number;
}

/** What is served now, and what was refused since. Times: milliseconds since 1970. */
export interface ArtifactStatus {
  readonly path: string;
  readonly digest: string;
  readonly loadedAt: number;
  readonly proxyClasses: number;
  readonly refused?: { readonly reason: string; readonly at: number };
}

export interface ArtifactSourceOptions {
  readonly path: string;
  readonly log: Log;
  /** Makes configurations of an artifact; throws where it can't be served. */
  readonly prepare: (artifact: LoadedArtifact) => Configurations;
  /** Serves them from now on. */
  readonly swap: (configurations: Configurations) => void;
  readonly loaded: (result: LoadResult) => void;
}

/** An artifact that is watched: a new one is loaded beside the old, and takes its place only if nothing is wrong with it. */
export interface ArtifactSource {
  status(): ArtifactStatus;
  /** Looks whether there is a new one; settles when that is done. Never rejects. */
  reload(reason: LoadReason): Promise<void>;
  close(): void;
}

/** How long until an artifact that was refused is tried again, milliseconds: it may have been half written. */
const firstRetry = 1000;
const lastRetry = 60_000;

/** Loads the artifact and watches it. Rejects where the first one can't be served. */
export async function openArtifactSource({ path, log, prepare, swap, loaded }: ArtifactSourceOptions): Promise<ArtifactSource> {
  const absolute = resolve(path);
  const loader = artifactLoader();
  // Watched before the first look, so that nothing is missed between.
  let missed = false;
  let stale = (): void => {
    missed = true;
  };
  const watcher = await watchPath(absolute, () => stale());
  let current: ArtifactStatus;
  try {
    current = await first();
  } catch (error) {
    watcher.close();
    throw error;
  }
  let last: Promise<void> = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;
  let retryIn = firstRetry;
  let closed = false;
  stale = () => void source.reload('changed');

  async function first(): Promise<ArtifactStatus> {
    const started = performance.now();
    const configurations = prepare(await loader.load(absolute));
    return accept(configurations, 'start', started);
  }

  function accept(configurations: Configurations, reason: LoadReason, started: number): ArtifactStatus {
    const proxyClasses = [...configurations.byIdentity.values()].reduce((sum, classes) => sum + classes.length, 0);
    swap(configurations);
    const seconds = (performance.now() - started) / 1000;
    loaded({ reason, outcome: 'loaded', seconds });
    log.info({ reason, digest: configurations.digest, proxyClasses, seconds }, 'serving a new artifact');
    return { path, digest: configurations.digest, loadedAt: Date.now(), proxyClasses };
  }

  async function load(reason: LoadReason): Promise<void> {
    const started = performance.now();
    clearTimeout(retry);
    try {
      const configurations = prepare(await loader.load(absolute));
      if (closed) {
        return;
      }
      retryIn = firstRetry;
      if (configurations.digest === current.digest) {
        const { refused: _, ...rest } = current;
        current = rest;
        loaded({ reason, outcome: 'unchanged', seconds: (performance.now() - started) / 1000 });
        log.debug({ reason, digest: current.digest }, 'the artifact is the one that is served already');
      } else {
        current = accept(configurations, reason, started);
      }
    } catch (error) {
      if (!closed) {
        refuse(error, reason, started);
      }
    }
  }

  function refuse(error: unknown, reason: LoadReason, started: number): void {
    const words = errorWords(error);
    loaded({ reason, outcome: 'refused', seconds: (performance.now() - started) / 1000 });
    // Tried again and again: said once.
    if (current.refused?.reason !== words || reason !== 'retry') {
      log.error({ reason, error: words, serving: current.digest }, 'refused a new artifact; the one before is served on');
    }
    current = { ...current, refused: { reason: words, at: Date.now() } };
    retry = setTimeout(() => void source.reload('retry'), retryIn).unref();
    retryIn = Math.min(2 * retryIn, lastRetry);
  }

  const source: ArtifactSource = {
    status: () => current,
    reload(reason) {
      last = last.then(() => (closed ? undefined : load(reason)));
      return last;
    },
    close() {
      closed = true;
      clearTimeout(retry);
      watcher.close();
      loader.close();
    },
  };
  if (missed) {
    stale();
  }
  return source;
}
