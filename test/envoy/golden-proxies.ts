import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import { createEncoder, type Encoder } from '../../compiler/encode/encoder.ts';
import type { EncodedResource, ProxyConfiguration } from './judge.ts';
import { messageNames } from './resource-types.ts';

/** A proxy class of a golden case, and what its sidecars get. */
export interface GoldenProxy {
  /** `<area>/<case> <namespace>/<class>` */
  readonly name: string;
  readonly configuration: ProxyConfiguration;
}

interface Manifest {
  readonly holes?: readonly string[];
  readonly classes: readonly { readonly namespace: string; readonly name: string; readonly sets?: readonly string[] }[];
}

/** The committed artifacts below `folder`: `<area>/<case>/expected/manifest.json`. Sorted. */
export function goldenArtifacts(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('expected/manifest.json'))
    .map((path) => join(folder, dirname(path)))
    .sort();
}

/** All proxy classes of the artifact in `folder`, in the bytes that the compiler's encoder makes. Throws if the manifest doesn't name exactly the classes that are there. */
export function goldenProxies(folder: string): readonly GoldenProxy[] {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const listed = manifest.classes.map(({ namespace, name }) => `${namespace}/${name}`).sort();
  const present = classFolders(join(folder, 'proxies'));
  if (listed.join() !== present.join()) {
    throw new Error(`${folder}: the manifest lists ${listed.join(', ') || 'no class'}, but there are ${present.join(', ') || 'none'}`);
  }
  const encoder = createEncoder();
  return manifest.classes.map(({ namespace, name, sets = [] }) => ({
    name: `${relative('fixtures', dirname(folder))} ${namespace}/${name}`,
    configuration: {
      ...configuration(encoder, [join(folder, 'proxies', namespace, name), ...sets.map((set) => join(folder, 'shared', set))]),
      openEndpoints: manifest.holes?.includes('endpoints') ?? false,
    },
  }));
}

function classFolders(folder: string): readonly string[] {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder)
    .flatMap((namespace) => readdirSync(join(folder, namespace)).map((name) => `${namespace}/${name}`))
    .sort();
}

function configuration(encoder: Encoder, folders: readonly string[]): ProxyConfiguration {
  const read = (type: ResourceType): EncodedResource[] => folders.flatMap((folder) => resources(encoder, type, join(folder, `${type}s.json`)));
  return {
    clusters: read('cluster'),
    endpoints: read('endpoint'),
    secrets: read('secret'),
    listeners: read('listener'),
    routes: read('route'),
  };
}

function resources(encoder: Encoder, type: ResourceType, file: string): EncodedResource[] {
  if (!existsSync(file)) {
    return [];
  }
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const list = (Array.isArray(content) ? content : (content as { resources: unknown[] }).resources) as Record<string, unknown>[];
  return list.map(({ '@type': _, ...message }) => ({
    name: String(message['name'] ?? message['cluster_name']),
    bytes: encoder.encode(messageNames[type], message),
  }));
}
