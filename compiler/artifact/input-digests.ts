import { createHash } from 'node:crypto';
import type { Objects } from '../resources/objects.ts';
import { canonical } from '../resources/canonical.ts';
import type { Artifact } from './artifact.ts';

/** What annotations mean shows in the resources, and tools write them at will. What pods get when they are injected is in no resource. */
const leftOut: ReadonlySet<string> = new Set(['annotations', 'sidecarConfig']);

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
      if (texts) texts.push(canonical(object, leftOut));
      else byKind.set(object.meta.kind, [canonical(object, leftOut)]);
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
