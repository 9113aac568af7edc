import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './is-missing.ts';

/** Changes whenever the artifact at `path` is replaced, or its manifest or bundle rewritten. Cheap: it reads no file. */
export async function pathSignature(path: string): Promise<string> {
  // The folder or file; what a mounted ConfigMap's link leads to; what tells one artifact from another.
  const parts = [path, join(path, '..data'), join(path, 'manifest.json')].map(async (part) => {
    try {
      const { dev, ino, size, mtimeMs, ctimeMs } = await stat(part);
      return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
    } catch (error) {
      return isMissing(error) ? 'absent' : `unreadable: ${error instanceof Error ? error.message : String(error)}`;
    }
  });
  return (await Promise.all(parts)).join(' ');
}
