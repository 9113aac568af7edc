import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles, type Listing } from '../../server/artifacts/list-files.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import { eachLimited } from '../output/each-limited.ts';
import type { RenderedFile } from '../output/rendered-file.ts';

/** A file that isn't as it would be. `before` is what stands in the folder, `after` what was compiled. */
export interface Difference {
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'removed';
  readonly before: string;
  readonly after: string;
}

/** How `folder` differs from what was compiled, sorted by path. Throws a Failure where the folder can't be read. */
export async function findDrift(folder: string, files: Iterable<RenderedFile>): Promise<readonly Difference[]> {
  try {
    const listing: Listing = await listFiles(folder);
    const rest = new Set([...listing.files, ...listing.others]);
    const differences: Difference[] = [];
    await eachLimited(files, 16, async ({ path, content }) => {
      const after = Buffer.from(content as string);
      const before = rest.delete(path) ? await readFile(join(folder, path)) : undefined;
      if (before === undefined) {
        differences.push({ path, kind: 'added', before: '', after: after.toString() });
      } else if (!before.equals(after)) {
        differences.push({ path, kind: 'changed', before: before.toString(), after: after.toString() });
      }
    });
    const readable = new Set(listing.files);
    for (const path of rest) {
      const before = readable.has(path) ? await readFile(join(folder, path), 'utf8') : '';
      differences.push({ path, kind: 'removed', before, after: '' });
    }
    return differences.sort((a, b) => (a.path < b.path ? -1 : 1));
  } catch (error) {
    if (isSystemError(error)) {
      throw new Failure(`cannot read ${folder}: ${systemErrorWords(error)}`, error.code === 'ENOENT' ? `Make it with --out ${folder}, and commit it.` : '');
    }
    throw error;
  }
}
