import type { Artifact, Resource, ResourceType } from '../../compiler/artifact/artifact.ts';
import { manifestOf } from '../../compiler/artifact/manifest.ts';
import { findProxy } from './find-proxy.ts';
import { proxyKey } from './proxy-key.ts';
import { proxyResources } from './proxy-resources.ts';

/** What of an artifact is wanted. */
export interface Selection {
  /** `NAMESPACE/CLASS`; undefined: all. */
  readonly proxy: string | undefined;
  /** Undefined: all. */
  readonly types: readonly ResourceType[] | undefined;
}

/** The order in which a person reads a proxy. */
const order = ['listener', 'cluster', 'route', 'endpoint', 'secret'] as const satisfies readonly ResourceType[];

/** A member of the document: a value, or a mapping that comes entry by entry, so that a large artifact needn't be in memory as text. */
export type Section =
  | { readonly name: string; readonly value: unknown }
  | { readonly name: string; readonly entries: Iterable<readonly [string, unknown]> };

/**
 * The document of `-o`: the manifest, then `proxies`. One selected proxy has its shared sets merged in, so that
 * all it gets is seen; with all of them, `sets` holds what many have and each proxy names those it has.
 */
export function documentSections(artifact: Artifact, selection: Selection): readonly Section[] {
  const manifest = { name: 'manifest', value: manifestOf(artifact) };
  if (selection.proxy !== undefined) {
    const proxy = findProxy(artifact, selection.proxy);
    const resources = byType(proxyResources(artifact, proxy), selection.types);
    return [manifest, { name: 'proxies', entries: [[proxyKey(proxy), resources]] }];
  }
  const proxies = mapped(artifact.classes, (proxy) => [
    proxyKey(proxy),
    { ...(proxy.sets.length > 0 && { sets: proxy.sets }), ...byType(proxy.resources, selection.types) },
  ]);
  const sets = mapped(artifact.sets, (set) => [set.name, byType(set.resources, selection.types)]);
  return [manifest, { name: 'proxies', entries: proxies }, ...(artifact.sets.length > 0 ? [{ name: 'sets', entries: sets }] : [])];
}

function* mapped<T>(items: readonly T[], entry: (item: T) => readonly [string, unknown]): Generator<readonly [string, unknown]> {
  for (const item of items) {
    yield entry(item);
  }
}

function byType(resources: readonly Resource[], types: Selection['types']): Readonly<Record<string, readonly object[]>> {
  const wanted = order.filter((type) => types === undefined || types.includes(type));
  return Object.fromEntries(wanted.map((type) => [`${type}s`, resources.filter((resource) => resource.type === type).map(({ message }) => message)]));
}
