import { createHash } from 'node:crypto';
import type { Memory } from '../memory.ts';
import { canonical } from '../resources/canonical.ts';
import type { Objects } from '../resources/objects.ts';
import type { Artifact } from './artifact.ts';

/** What annotations mean shows in the resources, and tools write them at will. What pods get when they are injected is in no resource. */
const leftOut: ReadonlySet<string> = new Set(['annotations', 'sidecarConfig']);

type Item = { readonly meta: { readonly kind: string } };

/**
 * By kind, the number of objects and a digest over what was read of them: the same whatever file, order or list order
 * they stood in.
 */
export function inputDigests(objects: Objects, memory: Memory): Artifact['inputs'] {
  const lists = Object.entries(objects).filter((entry): entry is [string, readonly Item[]] => Array.isArray(entry[1]));
  // No kind stands in two lists.
  const digests = lists.flatMap(([name, list]) => memory.keep(name, [list], (parts) => digestsOf(list, parts)));
  return Object.fromEntries(digests.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function digestsOf(list: readonly Item[], memory: Memory): readonly (readonly [kind: string, Artifact['inputs'][string]])[] {
  const byKind = new Map<string, string[]>();
  for (const object of list) {
    const text = memory.keep(object, [], () => canonical(object, leftOut));
    const texts = byKind.get(object.meta.kind);
    if (texts) texts.push(text);
    else byKind.set(object.meta.kind, [text]);
  }
  return [...byKind].map(([kind, texts]) => {
    const hash = createHash('sha256');
    for (const text of texts.sort()) hash.update(text).update('\n');
    return [kind, { objects: texts.length, digest: `sha256:${hash.digest('hex')}` }];
  });
}
