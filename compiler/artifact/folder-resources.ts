import { EncodeError } from '../encode/encode-error.ts';
import type { Encoder } from '../encode/encoder.ts';
import { type ResourceType, resourceTypes } from './artifact.ts';
import { ArtifactError } from './artifact-error.ts';
import type { LoadedResource, LoadedSource } from './loaded-artifact.ts';
import type { Digests } from './manifest.ts';
import { parseJson, readList, readObject, readPlace, readText } from './read-shape.ts';
import { messageNames } from './resource.ts';
import { resourceFiles } from './resource-files.ts';
import { sha256 } from './sha256.ts';
import { sortedSources } from './source-lines.ts';

/** Reads the resources of one folder, in sending order. `digests` is what the manifest says of them. */
export function readFolderResources(
  files: ReadonlyMap<string, string>,
  folder: string,
  digests: Digests,
  encoder: Encoder,
): readonly LoadedResource[] {
  const read = (path: string): unknown => {
    const text = files.get(path);
    if (text === undefined) {
      throw new ArtifactError(`${path} is missing`);
    }
    return parseJson(text, path);
  };
  const sources = readSources(read(`${folder}/sources.json`), `${folder}/sources.json`);
  const byType = new Map<ResourceType, readonly LoadedResource[]>();
  for (const { type, file, key } of resourceFiles) {
    const path = `${folder}/${file}.json`;
    const expected = new Map(Object.entries(digests[type] ?? {}));
    const resources = readList(read(path), path, (item, where): LoadedResource => {
      const message = readObject(item, where);
      const name = readText(message[key], `${where}.${key}`);
      const bytes = encoded(encoder, type, message, where);
      const digest = sha256(bytes);
      if (expected.get(name) !== digest) {
        throw new ArtifactError(
          expected.has(name)
            ? `${where} ("${name}") is not what was compiled: its digest is ${digest}, manifest.json has ${expected.get(name)}`
            : `${where} ("${name}") is not in manifest.json, or stands twice`,
        );
      }
      expected.delete(name);
      return { type, name, bytes, digest, sources: sources.get(`/${file}/${where.slice(path.length + 1, -1)}`) ?? [] };
    });
    const [missing] = expected.keys();
    if (missing !== undefined) {
      throw new ArtifactError(`${path} lacks "${missing}", which manifest.json names`);
    }
    byType.set(type, resources);
  }
  return resourceTypes.flatMap((type) => byType.get(type) ?? []);
}

function encoded(encoder: Encoder, type: ResourceType, message: object, where: string): Uint8Array {
  try {
    return encoder.encode(messageNames[type], message);
  } catch (error) {
    // A RangeError: the file nests its values so deeply that the stack is exhausted.
    const reason = error instanceof EncodeError ? error.message : error instanceof RangeError ? 'it is nested too deeply' : undefined;
    throw reason === undefined ? error : new ArtifactError(`${where} is not a resource of Envoy's: ${reason}`);
  }
}

/** By resource (`/listeners/0`), with pointers from there. */
function readSources(value: unknown, where: string): ReadonlyMap<string, readonly LoadedSource[]> {
  const sources = new Map<string, LoadedSource[]>();
  for (const [pointer, list] of Object.entries(readObject(value, where))) {
    const [, resource, rest] = /^(\/[a-z]+\/\d+)(|\/.*)$/s.exec(pointer) ?? [];
    if (resource === undefined || rest === undefined) {
      throw new ArtifactError(`${where}: ${JSON.stringify(pointer)} doesn't point at a resource`);
    }
    const entries = readList(list, `${where}: ${pointer}`, (item, at) => {
      const { object, file, line } = readObject(item, at);
      return { pointer: rest, object: readText(object, `${at}.object`), ...readPlace(file, line, `${at}.file`, `${at}.line`) };
    });
    sources.set(resource, [...(sources.get(resource) ?? []), ...entries]);
  }
  return new Map([...sources].map(([resource, entries]) => [resource, sortedSources(entries)]));
}
