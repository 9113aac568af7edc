import { createHash } from 'node:crypto';
import type { Objects } from '../resources/objects.ts';
import type { Artifact } from './artifact.ts';

/** What says where something was read, and what has no meaning to the compiler. */
const leftOut = new Set(['origin', 'at', 'annotations']);

/**
 * By kind, the number of objects and a digest over what was read of them: the same whatever file, order or list order
 * they stood in.
 */
export function inputDigests(objects: Objects): Artifact['inputs'] {
  const byKind = new Map<string, string[]>();
  for (const list of Object.values(objects)) {
    if (!Array.isArray(list)) continue;
    for (const object of list as readonly { readonly meta: { readonly kind: string } }[]) {
      const texts = byKind.get(object.meta.kind);
      if (texts) texts.push(canonical(object));
      else byKind.set(object.meta.kind, [canonical(object)]);
    }
  }
  return Object.fromEntries(
    [...byKind]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, texts]) => {
        const hash = createHash('sha256');
        for (const text of texts.sort()) hash.update(text).update('\n');
        return [kind, { objects: texts.length, digest: `sha256:${hash.digest('hex')}` }];
      }),
  );
}

/** JSON with sorted keys and sorted lists. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([key, field]) => field !== undefined && !leftOut.has(key))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`);
  return `{${fields.sort().join()}}`;
}
