import type { Collector } from '../diagnostics/collector.ts';
import type { ObjectReference } from '../diagnostics/diagnostic.ts';
import type { Code } from '../diagnostics/generated/catalog.ts';
import { suggest } from '../diagnostics/suggest.ts';
import { isReadGroup } from './api-groups.ts';
import type { Document, Origin, Path, RawObject } from './document.ts';
import { placed } from './place.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * The Kubernetes objects of the documents, those within Lists (also `PodList` and the like, and Lists of Lists) one by
 * one. An item that says neither apiVersion nor kind has those of its typed List, as the API server prints it and kubectl
 * reads it. What isn't an object, or has no name, is reported and left out.
 * Of kinds that smic skips nothing but apiVersion and kind is asked.
 */
export function rawObjects(documents: readonly Document[], collector: Collector): readonly RawObject[] {
  const objects: RawObject[] = [];
  for (const document of documents) {
    // Lists nest no deeper than documents do, so the recursion is bounded.
    unpack({ document, path: [] }, document.value);
  }
  return objects;

  function unpack(origin: Origin, written: unknown, type?: Mapping): void {
    if (!isMapping(written)) return report('SMIC1020', origin, [], `${origin.path.length > 0 ? 'An item of a List' : 'This document'} is ${nameOf(written)}, not a mapping.`);
    const value = type && written['apiVersion'] === undefined && written['kind'] === undefined ? { ...type, ...written } : written;
    if (value['apiVersion'] === undefined && value['kind'] === undefined) {
      return report('SMIC1020', origin, [], `${describe(value)} has neither "apiVersion" nor "kind".`);
    }
    const apiVersion = readText(origin, value, 'apiVersion', 'SMIC1021');
    const kind = readText(origin, value, 'kind', 'SMIC1022');
    if (apiVersion === undefined || kind === undefined) return;
    if (isList(apiVersion, kind, value)) return unpackList(origin, value, apiVersion, kind);
    const complete = isReadGroup(apiVersion) ? withName(origin, value, apiVersion, kind) : value;
    if (complete) objects.push({ origin, apiVersion, kind, value: complete });
  }

  function unpackList(origin: Origin, value: Mapping, apiVersion: string, kind: string): void {
    const type = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) };
    // An empty list that Go printed.
    if (value['items'] === null && kind !== 'List') return;
    if (!Array.isArray(value['items'])) {
      return report('SMIC1025', origin, ['items'], 'items' in value ? `"items" of this ${kind} is ${nameOf(value['items'])}, not a list.` : `This ${kind} has no "items".`);
    }
    for (const [index, item] of value['items'].entries()) {
      unpack({ document: origin.document, path: [...origin.path, 'items', index] }, item, type);
    }
  }

  function readText(origin: Origin, value: Mapping, key: 'apiVersion' | 'kind', code: Code): string | undefined {
    const text = value[key];
    if (typeof text === 'string' && text !== '') return text;
    if (text !== undefined) report(code, origin, [key], `"${key}" is ${text === '' ? 'empty' : nameOf(text)}, not a text.`);
    else {
      const meant = suggest(key, Object.keys(value));
      report(code, origin, meant === undefined ? [] : [meant], `${describe(value)} has no "${key}".`, meant);
    }
    return undefined;
  }

  /** The object with the name that it has in a cluster; undefined, after a report, where it has none. */
  function withName(origin: Origin, value: Mapping, apiVersion: string, kind: string): Mapping | undefined {
    const metadata = value['metadata'];
    if (!isMapping(metadata)) {
      const meant = metadata === undefined ? suggest('metadata', Object.keys(value)) : undefined;
      const message = metadata === undefined ? `This ${kind} has no "metadata".` : `"metadata" of this ${kind} is ${nameOf(metadata)}, not a mapping.`;
      report('SMIC1023', origin, [metadata === undefined ? (meant ?? '') : 'metadata'], message, meant);
      return undefined;
    }
    const { name, generateName, namespace } = metadata;
    if (typeof name === 'string' && name !== '') return value;
    const object = { apiVersion, kind, namespace: typeof namespace === 'string' ? namespace : '', name: '' };
    if (name === undefined && typeof generateName === 'string' && generateName !== '') {
      // Such pods and jobs are created, not applied: the cluster completes the name, and nothing refers to it.
      const stem = generateName.replace(/-+$/, '');
      if ((kind === 'Pod' || kind === 'Job') && stem !== '') return { ...value, metadata: { ...metadata, name: stem } };
      report('SMIC1024', origin, ['metadata', 'generateName'], `This ${kind} has a "generateName" but no "metadata.name".`, undefined, object);
      return undefined;
    }
    const meant = name === undefined ? suggest('name', Object.keys(metadata).filter((key) => key !== 'namespace')) : undefined;
    const message = name === undefined ? `This ${kind} has no "metadata.name".` : `"metadata.name" of this ${kind} is ${name === '' ? 'empty' : nameOf(name)}, not a text.`;
    report('SMIC1024', origin, name === undefined ? ['metadata', ...(meant === undefined ? [] : [meant])] : ['metadata', 'name'], message, meant, object);
    return undefined;
  }

  function report(code: Code, origin: Origin, path: Path, message: string, meant?: string, object?: ObjectReference): void {
    const where = placed(origin, path, meant === undefined ? undefined : 'key');
    const key = { SMIC1021: 'apiVersion', SMIC1022: 'kind', SMIC1023: 'metadata', SMIC1024: 'name' }[code as string];
    collector.report(code, {
      message,
      ...where,
      ...(meant !== undefined && { fix: `"${meant}" stands here: did you mean "${key}"?` }),
      ...(object && { object }),
    });
  }
}

/** `List`, or a kind such as `PodList` with a list of items where an object has its spec. */
function isList(apiVersion: string, kind: string, value: Mapping): boolean {
  if (kind === 'List' && apiVersion === 'v1') return true;
  return kind.endsWith('List') && (Array.isArray(value['items']) || value['items'] === null) && !('spec' in value);
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: Mapping): string {
  const { kind, metadata } = value;
  const name = isMapping(metadata) && typeof metadata['name'] === 'string' ? ` "${metadata['name'].slice(0, 100)}"` : '';
  return typeof kind === 'string' && kind !== '' ? `This ${kind}${name}` : `This object${name}`;
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty (null)';
  if (Array.isArray(value)) return 'a list';
  return { string: 'a text', number: 'a number', boolean: 'a boolean' }[typeof value as string] ?? 'a mapping';
}
