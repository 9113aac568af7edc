import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { LoadedSource } from '../../compiler/artifact/loaded-artifact.ts';
import { printable } from '../terminal/printable.ts';
import { entriesAt, textAt } from './json-at.ts';
import type { ServedConfiguration } from './served-configuration.ts';

/** An object that a part of the configuration comes from; with its place where an artifact is known. */
export interface SourceObject {
  /** `TrafficTarget/<namespace>/<name>` */
  readonly object: string;
  readonly file?: string;
  readonly line?: number;
}

/** Finds the places of objects that a resource names. */
export type FindPlaces = (type: ResourceType, name: string, objects: readonly string[]) => readonly SourceObject[];

/** Without what is served, objects have no places. */
export function placeFinder(served: ServedConfiguration | undefined): FindPlaces {
  const sources = new Map((served?.resources ?? []).map((resource) => [`${resource.type} ${resource.name}`, resource.sources]));
  return (type, name, objects) => {
    const known = sources.get(`${type} ${name}`) ?? [];
    return [...new Set(objects)].map((object) => {
      const [first] = known.filter((one) => one.object === object).sort(byLine);
      return { object, ...(first?.file !== undefined && { file: first.file }), ...(first?.line !== undefined && { line: first.line }) };
    });
  };
}

/** The objects that a listener's filter chain, a cluster or a route names in its metadata. */
export function metadataObjects(part: unknown): readonly string[] {
  const source = textAt(part, 'metadata', 'filter_metadata', 'smic', 'source');
  return source === '' ? [] : source.split(', ');
}

/** The objects behind RBAC rules, whose policies are named after them. */
export function policyObjects(rules: unknown): readonly string[] {
  return [...new Set(entriesAt(rules, 'policies').map(([name]) => /^[A-Z][A-Za-z]*\/[^/]+\/[^/]+/.exec(name)?.[0] ?? ''))].filter((object) => object !== '').sort();
}

/** `Service/bookstore/bookstore (cluster.yaml:12)` */
export function sourceWords({ object, file, line }: SourceObject): string {
  return printable(file === undefined ? object : `${object} (${file}:${line})`);
}

function byLine(a: LoadedSource, b: LoadedSource): number {
  return a.file === b.file ? (a.line ?? 0) - (b.line ?? 0) : (a.file ?? '') < (b.file ?? '') ? -1 : 1;
}
