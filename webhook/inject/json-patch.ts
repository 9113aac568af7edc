import type { Operation } from 'rfc6902';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * A JSON Patch (RFC 6902) of add, remove and replace that leads from one JSON value to another. Items of lists are told apart by
 * their names, as Kubernetes does, so that the patch says what is new; a list that says no names, or whose order has changed, is
 * replaced. Takes time linear in the values, and none for parts that both share: pods come from anybody.
 */
export function jsonPatch(before: unknown, after: unknown, path = ''): readonly Operation[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listPatch(before, after, path);
  if (!isMapping(before) || !isMapping(after)) return [{ op: 'replace', path, value: after }];
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [
    ...removed.map((key): Operation => ({ op: 'remove', path: `${path}/${escaped(key)}` })),
    ...Object.entries(after).flatMap(([key, value]): readonly Operation[] =>
      Object.hasOwn(before, key) ? jsonPatch(before[key], value, `${path}/${escaped(key)}`) : [{ op: 'add', path: `${path}/${escaped(key)}`, value }],
    ),
  ];
}

function listPatch(before: readonly unknown[], after: readonly unknown[], path: string): readonly Operation[] {
  const [old, now] = [byName(before), byName(after)];
  if (old === undefined || now === undefined || !sameOrder(old, now)) {
    const same = before.length === after.length;
    return same ? after.flatMap((item, index) => jsonPatch(before[index], item, `${path}/${index}`)) : [{ op: 'replace', path, value: after }];
  }
  const gone = before.flatMap((item, index): Operation[] => (now.has(nameOf(item)) ? [] : [{ op: 'remove', path: `${path}/${index}` }]));
  return [
    // From the end, so that no index moves before its turn.
    ...gone.reverse(),
    ...after.flatMap((item, index): readonly Operation[] => {
      const name = nameOf(item);
      return old.has(name) ? jsonPatch(old.get(name), item, `${path}/${index}`) : [{ op: 'add', path: `${path}/${index}`, value: item }];
    }),
  ];
}

/** Undefined where an item has no name, or two have the same. */
function byName(list: readonly unknown[]): ReadonlyMap<string | undefined, unknown> | undefined {
  const items = new Map(list.map((item) => [nameOf(item), item]));
  return items.size < list.length || items.has(undefined) ? undefined : items;
}

/** Whether what is in both stands in the same order. */
function sameOrder(before: ReadonlyMap<string | undefined, unknown>, after: ReadonlyMap<string | undefined, unknown>): boolean {
  const kept = [...before.keys()].filter((name) => after.has(name));
  return [...after.keys()].filter((name) => before.has(name)).every((name, index) => name === kept[index]);
}

function nameOf(item: unknown): string | undefined {
  return isMapping(item) && typeof item['name'] === 'string' ? item['name'] : undefined;
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
