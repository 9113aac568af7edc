import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from '../failure.ts';

/** The path with links followed, as far as it exists: the rest is kept as it stands. Takes an absolute path. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (isSystemError(error) && error.code === 'ENOENT' && parent !== path) {
      return join(await realPath(parent), basename(path));
    }
    throw error;
  }
}
