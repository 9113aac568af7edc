import type { Document, Path } from '../load/document.ts';
import { locate, type Located } from '../load/locate.ts';
import { placeOf } from '../load/place.ts';
import type { Resource, SourceEntry } from './artifact.ts';
import type { LoadedSource } from './loaded-artifact.ts';

/** The sources of a resource, with their lines: sorted by pointer, object, file, line; each once. */
export type SourcesOf = (resource: Resource) => readonly LoadedSource[];

/** Finds the lines of all sources of the resources. A document is read again but once, however many of its parts are asked for. */
export function createSourceLines(resources: Iterable<Resource>): SourcesOf {
  const wanted = new Map<Document, Map<string, readonly [object: Path, part: Path]>>();
  for (const resource of new Set(resources)) {
    for (const entry of resource.sources) {
      const { document } = entry.origin;
      if (!document) continue;
      let paths = wanted.get(document);
      if (!paths) {
        paths = new Map();
        wanted.set(document, paths);
      }
      paths.set(pathKey(entry), [entry.origin.path, entry.path]);
    }
  }
  const found = new Map<Document, ReadonlyMap<string, number>>();
  for (const [document, paths] of wanted) {
    let located: Located | undefined;
    const kept = { ...document, locate: () => (located ??= document.locate?.() ?? locate(document.file, document.line, document.text)) };
    const lines = [...paths].map(([key, [path, part]]) => [key, placeOf({ document: kept, path }, part).line] as const);
    found.set(document, new Map(lines));
  }
  const known = new Map<Resource, readonly LoadedSource[]>();
  return (resource) => {
    let sources = known.get(resource);
    if (!sources) {
      sources = sortedSources(
        resource.sources.map((entry) => {
          const { pointer, object, origin: { document } } = entry;
          if (!document) return { pointer, object };
          return { pointer, object, file: document.file, line: found.get(document)?.get(pathKey(entry)) ?? document.line };
        }),
      );
      known.set(resource, sources);
    }
    return sources;
  };
}

function pathKey({ origin, path }: SourceEntry): string {
  return `${origin.path.join('\0')}\0\0${path.join('\0')}`;
}

/** Sorts by pointer (numbers by value), object, file and line, and drops what stands twice. */
export function sortedSources(sources: readonly LoadedSource[]): readonly LoadedSource[] {
  return [...sources]
    .sort(compareSources)
    .filter((source, index, all) => index === 0 || compareSources(source, all[index - 1] ?? source) !== 0);
}

function compareSources(a: LoadedSource, b: LoadedSource): number {
  return comparePointers(a.pointer, b.pointer) || compare(a.object, b.object) || compare(a.file ?? '', b.file ?? '') || (a.line ?? 0) - (b.line ?? 0);
}

/** By steps; `/a/9` before `/a/10`. */
function comparePointers(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) {
    at += 1;
  }
  if (at === a.length || at === b.length) {
    return a.length - b.length;
  }
  // The step in which they differ.
  const start = a.lastIndexOf('/', at - 1) + 1;
  const one = stepAt(a, start);
  const other = stepAt(b, start);
  const difference = Number(one) - Number(other);
  return Number.isNaN(difference) || difference === 0 ? compare(one, other) : difference;
}

function stepAt(pointer: string, start: number): string {
  const end = pointer.indexOf('/', start);
  return pointer.slice(start, end === -1 ? undefined : end);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
