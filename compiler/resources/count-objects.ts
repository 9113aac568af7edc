import type { Objects } from './objects.ts';

/** How many objects of each kind there are, sorted by kind. */
export function countObjects(objects: Objects): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const list of Object.values(objects)) {
    if (!Array.isArray(list)) continue;
    for (const { meta } of list as readonly { readonly meta: { readonly kind: string } }[]) {
      counts.set(meta.kind, (counts.get(meta.kind) ?? 0) + 1);
    }
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
