import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eachLimited } from './each-limited.ts';
import type { RenderedFile } from './rendered-file.ts';

/** True if `folder`, which holds the files `existing`, has exactly `files`. Stops at the first difference. */
export async function sameFiles(folder: string, existing: readonly string[], files: Iterable<RenderedFile>): Promise<boolean> {
  const names = new Set(existing);
  let same = true;
  let count = 0;
  const untilDifferent = function* (): Iterable<RenderedFile> {
    for (const file of files) {
      if (!same || !names.has(file.path)) {
        same = false;
        return;
      }
      count += 1;
      yield file;
    }
  };
  await eachLimited(untilDifferent(), 16, async ({ path, content }) => {
    if (!(await readFile(join(folder, path))).equals(Buffer.from(content as string))) {
      same = false;
    }
  });
  return same && count === names.size;
}
