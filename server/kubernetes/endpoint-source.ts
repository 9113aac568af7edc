import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';
import type { CompileOptions } from '../../compiler/options.ts';
import { errorWords, type Log } from '../log.ts';
import type { KubeClient } from './client/kube-client.ts';
import type { ClusterStatus } from './cluster-status.ts';
import { endpointFiller } from './fill-endpoints.ts';
import { gather } from './gather.ts';
import { createLiveEndpoints, endpointKinds } from './live-endpoints.ts';
import type { ReflectorTiming } from './reflector.ts';
import { watchCluster } from './watch-cluster.ts';
import { watchedKinds } from './watched-kinds.ts';

export interface EndpointSourceOptions {
  readonly client: KubeClient;
  readonly compile: Partial<CompileOptions>;
  readonly log: Log;
  /** Called when endpoints have changed. */
  readonly changed: () => void;
  readonly timing?: Partial<ReflectorTiming>;
}

/** The endpoints of a cluster that is followed. */
export interface EndpointSource {
  /** Settles when all are known. */
  readonly ready: Promise<void>;
  /** The artifact with its endpoints as they are now. */
  fill(artifact: LoadedArtifact): LoadedArtifact;
  status(): ClusterStatus;
  close(): Promise<void>;
}

/** Follows a cluster's Services, pods and EndpointSlices. While the API server is away, the endpoints stay as they were known last. */
export function openEndpointSource({ client, compile, log, changed, timing }: EndpointSourceOptions): EndpointSource {
  const endpoints = createLiveEndpoints(compile);
  const fill = endpointFiller();
  let settle: () => void = () => {};
  const ready = new Promise<void>((resolve) => (settle = resolve));
  const gatherer = gather(() => {
    if (!cluster.isComplete()) {
      return;
    }
    try {
      endpoints.compile();
      changed();
      settle();
    } catch (error) {
      log.error({ error: errorWords(error) }, 'cannot work out the endpoints; those known last are served on');
    }
  });
  const cluster = watchCluster({
    client,
    kinds: watchedKinds().filter(({ kind }) => endpointKinds.has(kind)),
    log,
    onChanges(changes) {
      endpoints.take(changes);
      gatherer.note();
    },
    onState: () => gatherer.note(),
    ...(timing && { timing }),
  });
  return {
    ready,
    fill: (artifact) => fill(artifact, endpoints.lookup),
    status: () => ({ server: client.access.server, synced: cluster.isComplete(), kinds: cluster.kinds(), findings: [] }),
    async close() {
      gatherer.close();
      await cluster.stop();
      gatherer.close();
    },
  };
}
