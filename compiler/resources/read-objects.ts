import type { ObjectReference } from '../diagnostics/diagnostic.ts';
import type { RawGroup, RawObject } from '../load/document.ts';
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

/** What reading a group of objects came to. */
interface ReadGroup {
  readonly lists: Lists;
  readonly skipped: ReadonlyMap<string, number>;
  readonly rejected: ReadonlyMap<string, RawObject>;
}

/**
 * Validates objects and brings every version of every kind into the one shape of `Objects`. What is wrong with an object
 * is reported, and the object left out; foreign kinds are counted.
 * @param groups the objects, in groups that change apart from each other
 */
export function readObjects(groups: readonly RawGroup[], memory: Memory, options: CompilerOptions): Objects {
  const checkRegex = memoised(regexProblem);
  const read = groups.map(({ key, objects }) => memory.keep(key, [objects], (parts) => readGroup(objects, parts, checkRegex, options)));
  return memory.keep('objects', read, (parts) => finish(read, parts));
}

function readGroup(raw: readonly RawObject[], memory: Memory, checkRegex: Reading['regexProblem'], options: CompilerOptions): ReadGroup {
  const lists = emptyLists();
  const skipped = new Map<string, number>();
  const rejected = new Map<string, RawObject>();
  for (const object of raw) {
    const read = memory.keep(object.key ?? object, [object], (parts) => readObject(object, parts, checkRegex, options));
    if (!read) continue;
    if ('item' in read) (lists[read.list] as (typeof read.item)[]).push(read.item);
    else if ('rejected' in read) rejected.set(read.rejected, object);
    else skipped.set(read.skipped, (skipped.get(read.skipped) ?? 0) + 1);
  }
  return { lists, skipped, rejected };
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

function finish(groups: readonly ReadGroup[], memory: Memory): Objects {
  const single = <List extends keyof Lists>(list: List): readonly Lists[List][number][] => {
    const items = groups.flatMap(({ lists }) => lists[list] as readonly Lists[List][number][]);
    return memory.keep(list, items, (parts) => distinct(items, parts));
  };
  const [slices, endpoints] = [single('endpointSlices'), single('endpoints')];
  const skipped = new Map<string, number>();
  for (const group of groups) for (const [name, count] of group.skipped) skipped.set(name, (skipped.get(name) ?? 0) + count);
  const rejected = groups.flatMap((group) => [...group.rejected]).sort(([a], [b]) => compareText(a, b));
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
    rejected: memory.keep('rejected', rejected.flat(), () => new Map(rejected)),
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
