import type { Encoder } from '../encode/encoder.ts';
import { resourceTypes } from './artifact.ts';
import { ArtifactError } from './artifact-error.ts';
import { readFolderResources } from './folder-resources.ts';
import type { LoadedArtifact } from './loaded-artifact.ts';
import { type Digests, formatVersion } from './manifest.ts';
import { checkReferences, parseJson, readDigest, readHead, readList, readObject, readProxy, readText } from './read-shape.ts';
import { proxyFolder, resourceFiles, setFolder } from './resource-files.ts';
import { isSafeSegment } from './safe-path.ts';

/**
 * Reads an artifact from the files of its folder (path below the folder → text): encodes every resource again and compares its
 * digest with the manifest's. Throws an ArtifactError where a file is missing, foreign, or was edited without a compilation.
 */
export function artifactFromFiles(files: ReadonlyMap<string, string>, encoder: Encoder): LoadedArtifact {
  const manifestText = files.get('manifest.json');
  if (manifestText === undefined) {
    throw new ArtifactError('manifest.json is missing: this is not the folder of an artifact');
  }
  const manifest = readObject(parseJson(manifestText, 'manifest.json'), 'manifest.json');
  const version = manifest['formatVersion'];
  if (version !== formatVersion) {
    throw new ArtifactError(`manifest.json has format version ${JSON.stringify(version)}; this smic reads version ${formatVersion}`);
  }
  const expected = new Set(['manifest.json']);
  const folderOf = (folder: string, names: readonly string[]): string => {
    if (!names.every(isSafeSegment)) {
      throw new ArtifactError(`manifest.json: ${JSON.stringify(folder)} is not a folder that smic writes`);
    }
    for (const { file } of resourceFiles) {
      expected.add(`${folder}/${file}.json`);
    }
    expected.add(`${folder}/sources.json`);
    return folder;
  };
  const artifact: LoadedArtifact = {
    ...readHead(manifest, 'manifest.json'),
    classes: readList(manifest['proxies'], 'manifest.json: proxies', (item, where) => {
      const value = readObject(item, where);
      const proxy = readProxy(value, where);
      const folder = folderOf(proxyFolder(proxy), [proxy.namespace, proxy.name]);
      return { ...proxy, resources: readFolderResources(files, folder, readDigests(value['resources'], `${where}.resources`), encoder) };
    }),
    sets: readList(manifest['sets'], 'manifest.json: sets', (item, where) => {
      const value = readObject(item, where);
      const name = readText(value['name'], `${where}.name`);
      const folder = folderOf(setFolder({ name }), [name]);
      return { name, resources: readFolderResources(files, folder, readDigests(value['resources'], `${where}.resources`), encoder) };
    }),
  };
  const foreign = [...files.keys()].sort().find((path) => !expected.has(path));
  if (foreign !== undefined) {
    throw new ArtifactError(`${foreign} doesn't belong to the artifact: manifest.json doesn't know it`);
  }
  return checkReferences(artifact, 'manifest.json');
}

function readDigests(value: unknown, where: string): Digests {
  const types = Object.entries(readObject(value, where)).map(([key, names]) => {
    const type = resourceTypes.find((one) => one === key);
    if (type === undefined) {
      throw new ArtifactError(`${where} has the unknown type "${key}"`);
    }
    const digests = Object.entries(readObject(names, `${where}.${key}`));
    return [type, Object.fromEntries(digests.map(([name, digest]) => [name, readDigest(digest, `${where}.${key}.${name}`)]))] as const;
  });
  return Object.fromEntries(types);
}
