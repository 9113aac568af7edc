import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { listFiles } from './list-files.ts';

/** Open files at once: a mesh has thousands, a process may open about a thousand. */
const concurrency = 16;

/** Reads all files below `folder`: path with `/` → text. Throws an ArtifactError for what is neither a file nor a folder, and system errors. */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const { files: paths, others } = await listFiles(folder);
  if (others[0] !== undefined) {
    throw new ArtifactError(`${others[0]} is neither a file nor a folder`);
  }
  const files = new Map<string, string>();
  const queue = paths.values();
  const work = async (): Promise<void> => {
    for (const path of queue) {
      files.set(path, await readFile(join(folder, path), 'utf8'));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return files;
}
