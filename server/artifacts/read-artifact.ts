import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { artifactFromFiles } from '../../compiler/artifact/artifact-from-files.ts';
import { decodeBundle } from '../../compiler/artifact/bundle.ts';
import type { LoadedArtifact } from '../../compiler/artifact/loaded-artifact.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { isMissing } from './is-missing.ts';
import { readFolder } from './read-folder.ts';

/** How often a folder is read again that was exchanged while it was read. */
const attempts = 5;

/**
 * Reads the artifact at `path`: the folder that `smic compile --out` writes, or the file of `--bundle`. Links are followed.
 * Every resource is checked against its digest. Throws an ArtifactError, or a system error.
 */
export async function readArtifact(path: string): Promise<LoadedArtifact> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await placeOf(path);
    try {
      return await readPlace(before.path);
    } catch (error) {
      // Half of the old one and half of the new one don't fit together; that says nothing about either.
      const after = await placeOf(path).catch(() => undefined);
      if (attempt === attempts || after?.id === before.id || !(error instanceof ArtifactError || isMissing(error))) {
        throw error;
      }
    }
  }
}

async function readPlace(path: string): Promise<LoadedArtifact> {
  const found = await stat(path);
  if (found.isDirectory()) {
    return artifactFromFiles(await readFolder(path), createEncoder());
  }
  if (!found.isFile()) {
    throw new ArtifactError(`${path} is neither a folder nor a file`);
  }
  return decodeBundle(await readFile(path));
}

/** Where the artifact lies now, links resolved; `id` differs when it was exchanged. */
async function placeOf(path: string): Promise<{ readonly path: string; readonly id: string }> {
  // `smic compile --out` renames twice: for an instant there is nothing.
  for (let wait = 1; ; wait *= 2) {
    try {
      const real = await contentOf(await realpath(path));
      const { dev, ino } = await lstat(real);
      return { path: real, id: `${dev}:${ino}:${real}` };
    } catch (error) {
      if (!isMissing(error) || wait > 64) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

/** A mounted ConfigMap is a folder of links into `..data`, which itself is a link that is exchanged at once. */
async function contentOf(path: string): Promise<string> {
  try {
    return await realpath(join(path, '..data'));
  } catch {
    return path;
  }
}
