import type { ObjectReference } from '../diagnostics/diagnostic.ts';
import type { RawObject } from '../load/document.ts';
import type { Memory } from '../memory.ts';
import type { CompilerOptions } from '../options.ts';
import { compareText } from '../order.ts';
import { distinct } from './distinct.ts';
import { mergeEndpoints } from './endpoints.ts';
import type { Metadata } from './generated/types.ts';
import { kinds, type Lists } from './kinds.ts';
import { readMeta, referenceOf } from './meta.ts';
import { checkName } from './names.ts';
import type { Objects } from './objects.ts';
import { regexProblem } from './re2.ts';
import type { Reading } from './reading.ts';
import { reportUnread } from './unread-kinds.ts';
import { reportViolations } from './violations.ts';

type MutableLists = { -readonly [List in keyof Lists]: Lists[List][number][] };

/** What reading one object came to. */
type Read =
  | { readonly list: keyof Lists; readonly item: Lists[keyof Lists][number] }
  | { readonly rejected: string }
  | { readonly skipped: string }
  | undefined;

/**
 * Validates objects and brings every version of every kind into the one shape of `Objects`. What is wrong with an object
 * is reported, and the object left out; foreign kinds are counted.
 */
export function readObjects(raw: readonly RawObject[], memory: Memory, options: CompilerOptions): Objects {
  const lists = emptyLists();
  const skipped = new Map<string, number>();
  const rejected = new Map<string, RawObject>();
  const checkRegex = memoised(regexProblem);
  for (const object of raw) {
    const read = memory.keep(object.key ?? object, [object], (parts) => readObject(object, parts, checkRegex, options));
    if (!read) continue;
    if ('item' in read) (lists[read.list] as (typeof read.item)[]).push(read.item);
    else if ('rejected' in read) rejected.set(read.rejected, object);
    else skipped.set(read.skipped, (skipped.get(read.skipped) ?? 0) + 1);
  }
  return finish(lists, skipped, rejected, memory);
}

function readObject(raw: RawObject, memory: Memory, checkRegex: Reading['regexProblem'], { isolate }: CompilerOptions): Read {
  const name = `${raw.apiVersion} ${raw.kind}`;
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (!kind) {
    if (!reportUnread(memory, raw)) return { skipped: name };
    // What it says isn't known: in a cluster it counts as broken.
    return isolate ? rejection(referenceOf(raw)) : undefined;
  }
  if (!kind.validate(raw.value)) {
    const reference = referenceOf(raw, kind.isClusterScoped);
    reportViolations(memory, raw, reference, kind.validate.errors ?? [], kind.fields);
    return rejection(reference);
  }
  const meta = readMeta(raw, raw.value['metadata'] as Metadata, kind.isClusterScoped);
  const reading: Reading = { meta, collector: memory, regexProblem: checkRegex, failed: false };
  checkName(reading, meta.name, kind.nameRule, ['metadata', 'name']);
  if (!kind.isClusterScoped) checkName(reading, meta.namespace, 'label', ['metadata', 'namespace']);
  const item = kind.read(raw.value, reading);
  if (reading.failed) return rejection(meta);
  // Most changes of a pod are none that matter here.
  return item && { list: kind.list, item: memory.alike('item', item) };
}

function rejection({ kind, namespace, name }: ObjectReference): Read {
  return { rejected: `${kind}/${namespace}/${name}` };
}

function finish(lists: MutableLists, skipped: ReadonlyMap<string, number>, rejected: ReadonlyMap<string, RawObject>, memory: Memory): Objects {
  const single = <List extends keyof Lists>(list: List): readonly Lists[List][number][] =>
    memory.keep(list, lists[list], (parts) => distinct(lists[list] as readonly Lists[List][number][], parts));
  const [slices, endpoints] = [single('endpointSlices'), single('endpoints')];
  return {
    trafficTargets: single('trafficTargets'),
    httpRouteGroups: single('httpRouteGroups'),
    tcpRoutes: single('tcpRoutes'),
    udpRoutes: single('udpRoutes'),
    trafficSplits: single('trafficSplits'),
    meshConfigs: single('meshConfigs'),
    namespaces: single('namespaces'),
    services: single('services'),
    serviceAccounts: single('serviceAccounts'),
    pods: single('pods'),
    podControllers: single('podControllers'),
    endpointSlices: memory.keep('merged endpoints', [slices, endpoints], () => mergeEndpoints(slices, endpoints)),
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
