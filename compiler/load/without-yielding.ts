import type { RawObject, SourceFile } from './document.ts';

/** Leaves out what stands in a file that yields, and in one that doesn't too. */
export function withoutYielding(objects: readonly RawObject[], files: readonly SourceFile[]): readonly RawObject[] {
  const yielding = new Set(files.filter(({ yields }) => yields).map(({ name }) => name));
  if (yielding.size === 0) return objects;
  const others = new Set(objects.filter(({ origin }) => !yielding.has(origin.document?.file ?? '')).map(keyOf));
  return objects.filter((object) => !yielding.has(object.origin.document?.file ?? '') || !others.has(keyOf(object)));
}

/** Without a namespace it is one of the namespace `default`, or of a kind that has none. */
function keyOf({ apiVersion, kind, value }: RawObject): string {
  const { namespace, name } = (value['metadata'] ?? {}) as Readonly<Record<string, unknown>>;
  const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
  return JSON.stringify([group, kind, namespace || 'default', name]);
}
