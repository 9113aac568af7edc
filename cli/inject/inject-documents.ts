import type { Operation } from 'rfc6902';
import type { Document, Path, SourceFile } from '../../compiler/load/document.ts';
import type { NamespaceFacts } from '../../compiler/mesh/sidecar-rule.ts';
import { type Injection, inject } from '../../webhook/inject/inject.ts';
import type { MeshSettings } from '../../webhook/inject/mesh-settings.ts';
import { editDocument } from './edit-document.ts';
import { documentOffset } from './locate-document.ts';
import { podPath, valueAt } from './pod-paths.ts';

/** An object of the input that is a pod or makes pods, and what comes of it. */
export interface InjectedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly injection: Injection;
  /** From the object as it stands in the input; empty where it stays as it is. */
  readonly patch: readonly Operation[];
}

export interface InjectOptions {
  readonly settings: MeshSettings;
  /** Of objects that name none. */
  readonly namespace: string;
  readonly namespaces: ReadonlyMap<string, NonNullable<NamespaceFacts['described']>>;
}

interface Found {
  readonly object: InjectedObject;
  /** In its document. */
  readonly path: Path;
}

/** All objects that are or make pods, in the order of the input. Lists are looked into. */
export function injectDocuments(documents: readonly Document[], options: InjectOptions): readonly InjectedObject[] {
  return documents.flatMap((document) => findIn(document, document.value, [], options).map(({ object }) => object));
}

/** A file's text with what is injected; all else stays as it is, byte for byte. `documents`: those of the file, in their order. */
export function injectedText({ text }: SourceFile, documents: readonly Document[], options: InjectOptions): string {
  let result = '';
  let done = 0;
  for (const document of documents) {
    const patch = findIn(document, document.value, [], options).flatMap(({ object, path }) => object.patch.map((operation) => below(path, operation)));
    if (patch.length === 0) continue;
    const start = documentOffset(document, text);
    // A document's end belongs to it, and separates it from the next.
    const [end = ''] = /^\.\.\.[ \t\r]*(#.*)?\n?$/m.exec(document.text) ?? [];
    result += text.slice(done, start) + editDocument(document.text.slice(0, document.text.length - end.length), document.value, patch) + end;
    done = start + document.text.length;
  }
  return result + text.slice(done);
}

function findIn(document: Document, value: unknown, path: Path, options: InjectOptions, of?: { readonly apiVersion: string; readonly kind: string }): readonly Found[] {
  if (!isMapping(value)) return [];
  const { apiVersion, kind, items } = { apiVersion: value['apiVersion'] ?? of?.apiVersion, kind: value['kind'] ?? of?.kind, items: value['items'] };
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  if (kind.endsWith('List') && Array.isArray(items)) {
    // The API server's own lists of one kind don't repeat it in each item.
    const inherited = kind === 'List' ? undefined : { apiVersion, kind: kind.slice(0, -'List'.length) };
    return items.flatMap((item, index) => findIn(document, item, [...path, 'items', index], options, inherited));
  }
  const place = podPath(apiVersion, kind);
  if (place === undefined) return [];
  const metadata = isMapping(value['metadata']) ? value['metadata'] : {};
  const namespace = textOf(metadata['namespace']) ?? options.namespace;
  const injection = inject(valueAt(value, place), { name: namespace, described: options.namespaces.get(namespace) }, options.settings);
  const object: InjectedObject = {
    kind,
    namespace,
    name: textOf(metadata['name']) ?? textOf(metadata['generateName']) ?? '',
    file: document.file,
    line: document.line,
    injection,
    patch: 'patch' in injection ? injection.patch.map((operation) => below(place, operation)) : [],
  };
  return [{ object, path }];
}

function below(path: Path, operation: Operation): Operation {
  return { ...operation, path: path.map((step) => `/${step}`).join('') + operation.path };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
