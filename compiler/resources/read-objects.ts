import type { Collector } from '../diagnostics/collector.ts';
import type { RawObject } from '../load/document.ts';
import type { CompileOptions } from '../options.ts';
import { compareText } from '../order.ts';
import { distinct } from './distinct.ts';
import { mergeEndpoints } from './endpoints.ts';
import type { Metadata } from './generated/types.ts';
import { type Kind, kinds, type Lists } from './kinds.ts';
import { readMeta, referenceOf } from './meta.ts';
import { checkName } from './names.ts';
import type { Objects } from './objects.ts';
import { regexProblem } from './re2.ts';
import type { Reading } from './reading.ts';
import { reportUnread } from './unread-kinds.ts';
import { reportViolations } from './violations.ts';

type MutableLists = { -readonly [List in keyof Lists]: Lists[List][number][] };

/**
 * Validates objects and brings every version of every kind into the one shape of `Objects`. What is wrong with an object
 * is reported, and the object left out; foreign kinds are counted.
 */
export function readObjects(raw: readonly RawObject[], collector: Collector, _options: CompileOptions): Objects {
  const lists = emptyLists();
  const skipped = new Map<string, number>();
  const rejected = new Set<string>();
  const checkRegex = memoised(regexProblem);
  for (const object of raw) {
    const name = `${object.apiVersion} ${object.kind}`;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind) {
      readObject(object, kind, lists, rejected, collector, checkRegex);
    } else if (!reportUnread(collector, object)) {
      skipped.set(name, (skipped.get(name) ?? 0) + 1);
    }
  }
  return finish(lists, skipped, rejected, collector);
}

function readObject(
  raw: RawObject,
  kind: Kind,
  lists: MutableLists,
  rejected: Set<string>,
  collector: Collector,
  checkRegex: Reading['regexProblem'],
): void {
  if (!kind.validate(raw.value)) {
    const reference = referenceOf(raw, kind.isClusterScoped);
    reportViolations(collector, raw, reference, kind.validate.errors ?? [], kind.fields);
    rejected.add(`${raw.kind}/${reference.namespace}/${reference.name}`);
    return;
  }
  const meta = readMeta(raw, raw.value['metadata'] as Metadata, kind.isClusterScoped);
  const reading: Reading = { meta, collector, regexProblem: checkRegex, failed: false };
  checkName(reading, meta.name, kind.nameRule, ['metadata', 'name']);
  if (!kind.isClusterScoped) checkName(reading, meta.namespace, 'label', ['metadata', 'namespace']);
  const item = kind.read(raw.value, reading);
  if (reading.failed) {
    rejected.add(`${meta.kind}/${meta.namespace}/${meta.name}`);
  } else if (item !== undefined) {
    (lists[kind.list] as (typeof item)[]).push(item);
  }
}

function finish(lists: MutableLists, skipped: ReadonlyMap<string, number>, rejected: ReadonlySet<string>, collector: Collector): Objects {
  return {
    trafficTargets: distinct(lists.trafficTargets, collector),
    httpRouteGroups: distinct(lists.httpRouteGroups, collector),
    tcpRoutes: distinct(lists.tcpRoutes, collector),
    udpRoutes: distinct(lists.udpRoutes, collector),
    trafficSplits: distinct(lists.trafficSplits, collector),
    meshConfigs: distinct(lists.meshConfigs, collector),
    namespaces: distinct(lists.namespaces, collector),
    services: distinct(lists.services, collector),
    serviceAccounts: distinct(lists.serviceAccounts, collector),
    pods: distinct(lists.pods, collector),
    podControllers: distinct(lists.podControllers, collector),
    endpointSlices: mergeEndpoints(distinct(lists.endpointSlices, collector), distinct(lists.endpoints, collector)),
    skipped: Object.fromEntries([...skipped].sort(([a], [b]) => compareText(a, b))),
    rejected,
  };
}

function emptyLists(): MutableLists {
  return {
    trafficTargets: [],
    httpRouteGroups: [],
    tcpRoutes: [],
    udpRoutes: [],
    trafficSplits: [],
    meshConfigs: [],
    namespaces: [],
    services: [],
    serviceAccounts: [],
    pods: [],
    podControllers: [],
    endpoints: [],
    endpointSlices: [],
  };
}

/** The function, asked once for each argument. */
function memoised<Result>(ask: (question: string) => Result): (question: string) => Result {
  const answers = new Map<string, Result>();
  return (question) => {
    const known = answers.get(question);
    if (known !== undefined || answers.has(question)) return known as Result;
    const answer = ask(question);
    answers.set(question, answer);
    return answer;
  };
}
