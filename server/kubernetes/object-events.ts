import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { ObjectFindings } from '../../compiler/create-compiler.ts';
import { errorWords, type Log } from '../log.ts';
import { ApiError } from './client/api-error.ts';
import type { KubeClient } from './client/kube-client.ts';
import type { NewObject } from './client/kube-object.ts';
import { brokenObjects } from './cluster-status.ts';

/** Tells users of broken objects where they look: by Kubernetes Events on them. */
export interface ObjectEvents {
  /** What is wrong now. What is wrong for a while is reported, once; again when it had been right between, or before Kubernetes forgets it. */
  found(findings: readonly ObjectFindings[]): void;
  close(): Promise<void>;
}

export interface EventTimes {
  /** How long something must be wrong, milliseconds: of objects that are applied together one is seen before the other. */
  readonly grace: number;
  /** Kubernetes forgets events after an hour. */
  readonly repeat: number;
}

const defaultTimes: EventTimes = { grace: 3000, repeat: 30 * 60_000 };

/** Events that are written in a minute: a mistake in one object that others need must not become a flood. */
const perMinute = 60;

/** What Kubernetes takes as a note. */
const longestNote = 1024;

interface Trouble {
  readonly finding: ObjectFindings;
  readonly since: number;
  reportedAt: number | undefined;
}

/** Writes them by the client, one after the other. Where that isn't allowed, it is said in the log, once, and goes on without. */
export function createObjectEvents(client: KubeClient, log: Log, { grace, repeat }: EventTimes = defaultTimes): ObjectEvents {
  const controller = new AbortController();
  const troubles = new Map<string, Trouble>();
  let refused = false;
  let spent: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<void> = Promise.resolve();

  function look(): void {
    timer = undefined;
    const now = Date.now();
    spent = spent.filter((at) => now - at < 60_000);
    for (const trouble of troubles.values()) {
      const { since, reportedAt } = trouble;
      if (spent.length < perMinute && (reportedAt === undefined ? now - since >= grace : now - reportedAt >= repeat)) {
        trouble.reportedAt = now;
        spent.push(now);
        work = work.then(() => report(trouble));
      }
    }
    schedule();
  }

  function schedule(): void {
    if (timer === undefined && troubles.size > 0 && !controller.signal.aborted) {
      const waiting = [...troubles.values()].some(({ reportedAt }) => reportedAt === undefined);
      timer = setTimeout(look, waiting ? grace : repeat / 10).unref();
    }
  }

  async function report({ finding, since }: Trouble): Promise<void> {
    if (controller.signal.aborted) {
      return;
    }
    const event = eventOf(finding, since);
    log.warn({ object: nameOf(finding), codes: [...new Set(finding.diagnostics.map(({ code }) => code))], note: event.note }, 'an object is broken: it is denied in its place, and all else is served');
    if (refused) {
      return;
    }
    try {
      await write(client, event, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) {
        refused = error instanceof ApiError && error.status === 403;
        log.warn({ object: nameOf(finding), error: errorWords(error) }, 'cannot write an Event');
      }
    }
  }

  return {
    found(findings) {
      const now = new Set<string>();
      for (const finding of brokenObjects(findings)) {
        const key = keyOf(finding);
        now.add(key);
        troubles.set(key, troubles.get(key) ?? { finding, since: Date.now(), reportedAt: undefined });
      }
      for (const key of troubles.keys()) {
        if (!now.has(key)) {
          troubles.delete(key);
        }
      }
      schedule();
    },
    async close() {
      clearTimeout(timer);
      controller.abort(new Error('closed'));
      await work;
    },
  };
}

/** Creates it; where it is there already, from a time before or from another server, counts one more. */
async function write(client: KubeClient, event: EventObject, signal: AbortSignal): Promise<void> {
  try {
    await client.create(event, { signal });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 409)) {
      throw error;
    }
    const { namespace = '', name = '' } = event.metadata;
    const reference = { apiVersion: event.apiVersion, kind: event.kind, namespace, name };
    const before = (await client.get(reference, { signal }))['series'] as { readonly count?: number } | null | undefined;
    await client.patch(reference, { series: { count: (before?.count ?? 1) + 1, lastObservedTime: microTime(Date.now()) } }, { signal });
  }
}

interface EventObject extends NewObject {
  readonly note: string;
}

/** The same trouble has the same name, whoever reports it. */
function eventOf(finding: ObjectFindings, since: number): EventObject {
  const { apiVersion, kind, namespace, name, uid } = finding.object;
  const place = namespace === '' ? 'default' : namespace;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: place, name: `${name.slice(0, 200)}.${createHash('sha256').update(keyOf(finding)).digest('hex').slice(0, 16)}` },
    type: 'Warning',
    reason: 'Rejected',
    action: 'Compile',
    note: noteOf(finding),
    regarding: { apiVersion, kind, ...(namespace !== '' && { namespace }), name, ...(uid !== undefined && { uid }) },
    reportingController: 'smic.dev/smic',
    reportingInstance: hostname().slice(0, 128) || 'smic',
    eventTime: microTime(since),
  };
}

function noteOf({ diagnostics }: ObjectFindings): string {
  const errors = diagnostics.filter(({ level }) => level === 'error');
  const text = errors.map(({ code, message, path }) => `${code}: ${message}${path === undefined || path === '' ? '' : ` (${path})`}.`).join(' ');
  return text.length <= longestNote ? text : `${text.slice(0, longestNote - 1)}…`;
}

function keyOf(finding: ObjectFindings): string {
  const { kind, namespace, name, uid } = finding.object;
  return JSON.stringify([kind, namespace, name, uid, noteOf(finding)]);
}

function nameOf({ object: { kind, namespace, name } }: ObjectFindings): string {
  return namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** Kubernetes' MicroTime. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
