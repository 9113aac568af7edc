import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ResourceType } from '../../compiler/artifact/artifact.ts';
import type { Digests, Manifest } from '../../compiler/artifact/manifest.ts';
import { proxyFolder, resourceFiles, setFolder } from '../../compiler/artifact/resource-files.ts';
import { createEncoder, type Encoder } from '../../compiler/encode/encoder.ts';
import type { EncodedResource, ProxyConfiguration } from './judge.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';

/** A proxy class of a golden case, and what its sidecars get. */
export interface GoldenProxy {
  /** `<area>/<case> <namespace>/<class>` */
  readonly name: string;
  readonly configuration: ProxyConfiguration;
}

type Resources = ReadonlyMap<ResourceType, readonly EncodedResource[]>;

/** The folders of the committed artifacts below `folder`, sorted: `<area>/<case>/expected`. */
export function goldenArtifacts(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('expected/manifest.json'))
    .map((path) => join(folder, dirname(path)))
    .sort();
}

/**
 * All proxy classes of the artifact in `folder`, in the bytes that the compiler's encoder makes.
 * Throws where the manifest does not tell exactly what is there: else what Envoy sees here would not be what is served.
 */
export function goldenProxies(folder: string): readonly GoldenProxy[] {
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const encoder = createEncoder();
  const sets = new Map(manifest.sets.map((set) => [set.name, readResources(encoder, join(folder, setFolder(set)), set.resources)]));
  const listed = [...manifest.proxies.map(proxyFolder), ...manifest.sets.map(setFolder)].sort();
  const present = resourceFolders(folder);
  if (listed.join() !== present.join()) {
    throw new Error(`${folder}: the manifest lists ${listed.join(', ') || 'nothing'}, but there is ${present.join(', ') || 'nothing'}`);
  }
  return manifest.proxies.map((proxy) => {
    const own = readResources(encoder, join(folder, proxyFolder(proxy)), proxy.resources);
    const all = (type: ResourceType): readonly EncodedResource[] => [own, ...proxy.sets.map((name) => sets.get(name))].flatMap((part) => part?.get(type) ?? []);
    return {
      name: `${relative('fixtures', dirname(folder))} ${proxy.namespace}/${proxy.name}`,
      configuration: {
        clusters: all('cluster'),
        endpoints: all('endpoint'),
        secrets: all('secret'),
        listeners: all('listener'),
        routes: all('route'),
        openEndpoints: manifest.holes.includes('endpoints'),
      },
    };
  });
}

/** The folders that hold resources, by their path in the artifact's. */
function resourceFolders(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/clusters.json'))
    .map(dirname)
    .sort();
}

function readResources(encoder: Encoder, folder: string, digests: Digests): Resources {
  const read = (type: ResourceType, file: string, key: string): EncodedResource[] => {
    const messages: Readonly<Record<string, unknown>>[] = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'));
    return messages.map((message) => {
      const name = String(message[key]);
      const bytes = encoder.encode(messageNames[type], message);
      if (digests[type]?.[name] !== `sha256:${createHash('sha256').update(bytes).digest('hex')}`) {
        throw new Error(`${folder}/${file}.json: ${name} is not what the manifest has the digest of`);
      }
      return { name, bytes };
    });
  };
  return new Map(resourceFiles.map(({ type, file, key }) => [type, read(type, file, key)]));
}
