import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';

/** Open files at once: a mesh has thousands, a process may open about a thousand. */
const concurrency = 16;

/** Reads all files below `folder`: path with `/` → text. Throws an ArtifactError for what is neither a file nor a folder, and system errors. */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = await listFiles(folder);
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

async function listFiles(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const visit = async (prefix: string): Promise<void> => {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = prefix + entry.name;
      if (entry.isDirectory()) {
        await visit(`${path}/`);
      } else if (entry.isFile()) {
        files.push(path);
      } else {
        throw new ArtifactError(`${path} is neither a file nor a folder`);
      }
    }
  };
  await visit('');
  return files;
}
