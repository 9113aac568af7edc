import { ArtifactError } from '../compiler/artifact/artifact-error.ts';
import type { LoadedArtifact } from '../compiler/artifact/loaded-artifact.ts';
import type { CompileOptions } from '../compiler/options.ts';
import { type ArtifactStatus, type LoadReason, type LoadResult, openArtifactSource } from './artifacts/artifact-source.ts';
import type { Configurations } from './configuration/configuration.ts';
import { openEndpointSource } from './kubernetes/endpoint-source.ts';
import type { KubeClient } from './kubernetes/client/kube-client.ts';
import type { ClusterStatus } from './kubernetes/cluster-status.ts';
import { openLiveSource } from './kubernetes/live-source.ts';
import { createObjectEvents } from './kubernetes/object-events.ts';
import type { Log } from './log.ts';

/** A cluster that is followed. */
export interface ClusterOptions {
  readonly client: KubeClient;
  /** What the cluster's objects don't say. */
  readonly compile: Partial<CompileOptions>;
}

/** Where configurations come from: an artifact, an artifact whose endpoints a cluster fills, or a cluster. */
export type SourceOptions =
  | { readonly artifact: string; readonly endpoints?: ClusterOptions; readonly live?: never }
  | { readonly artifact?: never; readonly endpoints?: never; readonly live: ClusterOptions };

/** What becomes of what comes from there. */
export interface SourceHandlers {
  readonly log: Log;
  /** Makes configurations of an artifact; throws where it can't be served. */
  readonly prepare: (artifact: LoadedArtifact) => Configurations;
  /** Serves them from now on. */
  readonly swap: (configurations: Configurations) => void;
  readonly loaded: (result: LoadResult) => void;
}

/** Where configurations come from. */
export interface ConfigurationSource {
  /** Settles when the first is served; rejects where it can't be. */
  readonly ready: Promise<void>;
  /** What is served; the digest is empty before the first. */
  status(): ArtifactStatus;
  /** The cluster that is followed, if one is. */
  cluster(): ClusterStatus | undefined;
  /** Looks for something new; settles when that is done. */
  reload(reason: LoadReason): Promise<void>;
  close(): Promise<void>;
}

/** Opens what the options name. Never rejects: `ready` does. */
export function openSource({ artifact, endpoints, live }: SourceOptions, handlers: SourceHandlers): ConfigurationSource {
  if (live) {
    return liveSource(live, handlers);
  }
  return artifactSource(artifact, endpoints, handlers);
}

function liveSource({ client, compile }: ClusterOptions, handlers: SourceHandlers): ConfigurationSource {
  const events = createObjectEvents(client, handlers.log);
  const source = openLiveSource({ client, compile, found: events.found, ...handlers });
  return {
    ready: source.ready,
    status: source.artifact,
    cluster: source.cluster,
    // Whatever changes is noticed by itself.
    reload: async () => {},
    async close() {
      await source.close();
      await events.close();
      client.close();
    },
  };
}

/** An artifact; with a cluster, its endpoints are filled from there. */
function artifactSource(path: string, cluster: ClusterOptions | undefined, handlers: SourceHandlers): ConfigurationSource {
  let current: LoadedArtifact | undefined;
  let digest = '';
  const endpoints = cluster && openEndpointSource({ ...cluster, log: handlers.log, changed: refill });

  /** Names the artifact: not what its endpoints are at the moment. */
  const named = (artifact: LoadedArtifact): Configurations => ({ ...handlers.prepare(endpoints ? endpoints.fill(artifact) : artifact), ...(endpoints && { digest }) });

  function refill(): void {
    if (current) {
      handlers.swap(named(current));
    }
  }

  function prepare(artifact: LoadedArtifact): Configurations {
    if (!endpoints) {
      return handlers.prepare(artifact);
    }
    if (!artifact.holes.includes('endpoints')) {
      throw new ArtifactError('its endpoints are not open, so none can be filled in: compile it with --endpoints hole');
    }
    digest = handlers.prepare(artifact).digest;
    current = artifact;
    return named(artifact);
  }

  const opened = (async () => {
    await endpoints?.ready;
    return openArtifactSource({ path, log: handlers.log, prepare, swap: handlers.swap, loaded: handlers.loaded });
  })();
  let source: Awaited<typeof opened> | undefined;
  const ready = opened.then((open) => {
    source = open;
  });
  ready.catch(() => {});
  return {
    ready,
    status: () => source?.status() ?? { path, digest: '', loadedAt: 0, proxyClasses: 0 },
    cluster: () => endpoints?.status(),
    reload: async (reason) => source?.reload(reason),
    async close() {
      await endpoints?.close();
      cluster?.client.close();
      source?.close();
      void opened.then((late) => late.close()).catch(() => {});
    },
  };
}
