import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import { clearLeftovers, siblingName } from './leftovers.ts';
import { realPath } from './real-path.ts';

/** Makes `path` hold `content`: all of it, or what was there before. Throws a Failure where it can't be done. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<'written' | 'unchanged'> {
  try {
    const target = await realPath(resolve(path));
    await clearLeftovers(target);
    const mode = await existingMode(path, target);
    if (mode !== undefined && (await readFile(target)).equals(Buffer.from(content as string))) {
      return 'unchanged';
    }
    await mkdir(dirname(target), { recursive: true });
    const fresh = siblingName(target, 'new');
    try {
      await writeFile(fresh, content);
      if (mode !== undefined) {
        await chmod(fresh, mode);
      }
      await rename(fresh, target);
    } catch (error) {
      await rm(fresh, { force: true }).catch(() => {});
      throw error;
    }
    return 'written';
  } catch (error) {
    if (isSystemError(error)) {
      throw new Failure(`cannot write ${path}: ${systemErrorWords(error)}`, 'What was there before is as it was.');
    }
    throw error;
  }
}

async function existingMode(path: string, target: string): Promise<number | undefined> {
  try {
    const status = await stat(target);
    if (!status.isFile()) {
      throw new Failure(`cannot write ${path}: it is not a file`);
    }
    return status.mode & 0o7777;
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
