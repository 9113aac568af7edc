import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What a folder holds: paths below it with `/`, sorted. `others` are neither files nor folders: links, sockets. */
export interface Listing {
  readonly files: readonly string[];
  readonly others: readonly string[];
}

/** Lists `folder` with all that is below it; links are not followed. Throws system errors. */
export async function listFiles(folder: string): Promise<Listing> {
  const files: string[] = [];
  const others: string[] = [];
  const visit = async (prefix: string): Promise<void> => {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = prefix + entry.name;
      if (entry.isDirectory()) {
        await visit(`${path}/`);
      } else {
        (entry.isFile() ? files : others).push(path);
      }
    }
  };
  await visit('');
  return { files: files.sort(), others: others.sort() };
}
