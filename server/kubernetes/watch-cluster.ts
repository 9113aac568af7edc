import type { Log } from '../log.ts';
import { errorWords } from '../log.ts';
import type { KubeClient } from './client/kube-client.ts';
import { type ObjectChange, type Reflector, type ReflectorStatus, type ReflectorTiming, startReflector } from './reflector.ts';
import { slimObject } from './slim-object.ts';
import type { WatchedKind } from './watched-kinds.ts';

/** How a kind stands. */
export interface KindStatus extends ReflectorStatus {
  readonly kind: string;
  readonly group: string;
  readonly required: boolean;
}

export interface WatchClusterOptions {
  readonly client: KubeClient;
  readonly kinds: readonly WatchedKind[];
  readonly log: Log;
  /** Called with what has changed of one kind. */
  readonly onChanges: (changes: readonly ObjectChange[]) => void;
  /** Called when a kind stands otherwise than before. */
  readonly onState: (status: KindStatus) => void;
  readonly timing?: Partial<ReflectorTiming>;
}

/** A copy of all that the compiler reads of a cluster, kept current. */
export interface ClusterWatch {
  kinds(): readonly KindStatus[];
  /** All of it is known, but for kinds that aren't required and can't be had. */
  isComplete(): boolean;
  /** Settles when nothing more will be called. */
  stop(): Promise<void>;
}

/** Starts to watch. Whatever the API server does is taken note of, and none of it ends the watch. */
export function watchCluster({ client, kinds, log, onChanges, onState, timing }: WatchClusterOptions): ClusterWatch {
  const watched = kinds.map((kind): { readonly kind: WatchedKind; readonly reflector: Reflector } => {
    const statusOf = (status: ReflectorStatus): KindStatus => ({ kind: kind.kind, group: kind.group, required: kind.required, ...status });
    const reflector = startReflector({
      client,
      kind: kind.kind,
      apiVersions: kind.apiVersions,
      keep: (object) => slimObject(object, kind),
      onChanges,
      onState: (status) => {
        logState(log, statusOf(status));
        onState(statusOf(status));
      },
      onError: (error) => log.error({ kind: kind.kind, error: errorWords(error) }, 'a fault of smic while it took note of a change'),
      ...(timing && { timing }),
    });
    return { kind, reflector };
  });
  const statuses = (): readonly KindStatus[] => watched.map(({ kind: { kind, group, required }, reflector }) => ({ kind, group, required, ...reflector.status() }));
  return {
    kinds: statuses,
    isComplete: () => statuses().every(({ state, known, required }) => known || (!required && state === 'denied')),
    async stop() {
      await Promise.all(watched.map(({ reflector }) => reflector.stop()));
    },
  };
}

function logState(log: Log, { kind, group, apiVersion, state, objects, known, required, error }: KindStatus): void {
  const facts = { kind, group, ...(apiVersion !== undefined && { apiVersion }), objects, ...(error !== undefined && { error }) };
  switch (state) {
    case 'listing':
    case 'current':
      log.info(facts, 'follows the objects of a kind');
      break;
    case 'away':
      log.warn(facts, 'the API server cannot be asked; what was known last is served on');
      break;
    case 'denied':
      log.warn(facts, known ? 'no permission to read a kind any more; what was known last is served on' : required ? 'no permission to read a kind; nothing is served without it' : 'no permission to read a kind; served without it');
      break;
    case 'absent':
      log.info(facts, 'the API server does not have a kind; served without it');
      break;
  }
}
