import type { ObjectFindings } from '../../compiler/create-compiler.ts';
import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';
import type { CompileOptions } from '../../compiler/options.ts';
import type { ArtifactStatus, LoadResult } from '../artifacts/artifact-source.ts';
import type { Configurations } from '../configuration/configuration.ts';
import { errorWords, type Log } from '../log.ts';
import type { KubeClient } from './client/kube-client.ts';
import type { ClusterStatus } from './cluster-status.ts';
import { gather } from './gather.ts';
import { createLiveCompiler } from './live-compiler.ts';
import type { ReflectorTiming } from './reflector.ts';
import { watchCluster } from './watch-cluster.ts';
import { watchedKinds } from './watched-kinds.ts';

export interface LiveSourceOptions {
  readonly client: KubeClient;
  readonly compile: Partial<CompileOptions>;
  readonly log: Log;
  /** Makes configurations of an artifact; throws where it can't be served. */
  readonly prepare: (artifact: LoadedArtifact) => Configurations;
  /** Serves them from now on. */
  readonly swap: (configurations: Configurations) => void;
  readonly loaded: (result: LoadResult) => void;
  /** Told what is wrong after every compilation. */
  readonly found: (findings: readonly ObjectFindings[]) => void;
  readonly timing?: Partial<ReflectorTiming>;
}

/** A cluster that is followed, and compiled whenever it changes. */
export interface LiveSource {
  /** Settles when the first configuration is served. */
  readonly ready: Promise<void>;
  /** Before the first, the digest is empty. */
  artifact(): ArtifactStatus;
  cluster(): ClusterStatus;
  close(): Promise<void>;
}

/** Follows a cluster. Nothing is compiled before all that must be known is known: half a cluster isn't a mesh. Whatever fails, what was served last stays. */
export function openLiveSource({ client, compile, log, prepare, swap, loaded, found, timing }: LiveSourceOptions): LiveSource {
  const compiler = createLiveCompiler(compile);
  let status: ArtifactStatus = { path: client.access.server, digest: '', loadedAt: 0, proxyClasses: 0 };
  let findings: readonly ObjectFindings[] = [];
  let serve: () => void = () => {};
  const ready = new Promise<void>((resolve) => (serve = resolve));
  const reason = (): 'start' | 'changed' => (status.digest === '' ? 'start' : 'changed');

  const gatherer = gather(() => {
    if (!cluster.isComplete()) {
      return;
    }
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    try {
      const result = compiler.compile();
      findings = result.findings;
      found(findings);
      if (!result.artifact) {
        refuse(result.problem ?? '', started);
        return;
      }
      const configurations = prepare(result.artifact);
      const { refused: _, ...rest } = status;
      if (configurations.digest === status.digest) {
        status = rest;
        loaded({ reason: reason(), outcome: 'unchanged', seconds: seconds() });
        return;
      }
      swap(configurations);
      loaded({ reason: reason(), outcome: 'loaded', seconds: seconds() });
      status = { ...rest, digest: configurations.digest, loadedAt: Date.now(), proxyClasses: result.artifact.classes.length };
      log.info({ digest: status.digest, proxyClasses: status.proxyClasses, seconds: seconds() }, 'serving what the cluster has now');
      serve();
    } catch (error) {
      refuse(errorWords(error), started);
    }
  });

  function refuse(words: string, started: number): void {
    loaded({ reason: reason(), outcome: 'refused', seconds: (performance.now() - started) / 1000 });
    if (status.refused?.reason !== words) {
      log.error({ error: words, serving: status.digest }, 'cannot serve what the cluster has now; what was served last is served on');
    }
    status = { ...status, refused: { reason: words, at: Date.now() } };
  }

  const cluster = watchCluster({
    client,
    kinds: watchedKinds(),
    log,
    onChanges(changes) {
      compiler.take(changes);
      gatherer.note();
    },
    // A kind without objects changes nothing, but may have been the last to be waited for.
    onState: () => gatherer.note(),
    ...(timing && { timing }),
  });

  return {
    ready,
    artifact: () => status,
    cluster: () => ({ server: client.access.server, synced: cluster.isComplete(), kinds: cluster.kinds(), findings }),
    async close() {
      gatherer.close();
      await cluster.stop();
      gatherer.close();
    },
  };
}
