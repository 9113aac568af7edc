import { chmod, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';
import { eachLimited } from './each-limited.ts';
import { inspectTarget, type Target } from './inspect-target.ts';
import { clearLeftovers, siblingName } from './leftovers.ts';
import { realPath } from './real-path.ts';
import type { RenderedFile } from './rendered-file.ts';
import { sameFiles } from './same-files.ts';

/**
 * Makes `folder` hold exactly the files of an artifact: all of them, or what was there before.
 * They are written into a folder beside it, and the two are exchanged by renaming. Says whether anything changed:
 * where nothing did, nothing is touched. Throws a Failure where it can't be done.
 */
export async function writeArtifact(folder: string, files: () => Iterable<RenderedFile>, force: boolean): Promise<'written' | 'unchanged'> {
  try {
    const target = await realPath(resolve(folder));
    refuseWorkingFolder(folder, target);
    await clearLeftovers(target);
    const found = await inspectTarget(target);
    refuseForeign(folder, found, force);
    if (found.state === 'artifact' && (await sameFiles(target, found.files, files()))) {
      return 'unchanged';
    }
    await replace(target, found, files());
    return 'written';
  } catch (error) {
    if (isSystemError(error)) {
      throw new Failure(`cannot write ${folder}: ${systemErrorWords(error)}`, fixFor(error.code));
    }
    throw error;
  }
}

function refuseWorkingFolder(folder: string, target: string): void {
  const here = process.cwd();
  if (here === target || here.startsWith(target.endsWith('/') ? target : `${target}/`)) {
    throw new Failure(`--out ${folder}: the folder would be replaced as a whole, and it is or contains the working folder`, 'Name a folder of its own, as `--out build/mesh`.');
  }
}

function refuseForeign(folder: string, found: Target, force: boolean): void {
  if (found.state === 'file') {
    throw new Failure(`--out ${folder}: it is a file`, 'Name a folder; it is made if it is not there. `--bundle FILE` writes one file.');
  }
  if (found.state === 'foreign' && !force) {
    throw new Failure(
      `--out ${folder}: the folder holds something that is not an artifact of smic's (${found.example}), and would be replaced as a whole`,
      'Name an empty or new folder, or give --force to replace it.',
    );
  }
}

async function replace(target: string, found: Target, files: Iterable<RenderedFile>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const fresh = siblingName(target, 'new');
  try {
    await mkdir(fresh);
    await writeAll(fresh, files);
    if (found.state !== 'absent') {
      await chmod(fresh, (await stat(target)).mode & 0o7777);
    }
    await exchange(target, fresh, found.state !== 'absent');
  } catch (error) {
    await rm(fresh, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
}

async function writeAll(folder: string, files: Iterable<RenderedFile>): Promise<void> {
  const made = new Map<string, Promise<unknown>>();
  await eachLimited(files, 16, async ({ path, content }) => {
    const file = join(folder, path);
    // Names come from the user's objects and are checked long before; this is the last line of defence.
    if (!file.startsWith(`${folder}/`) || path.split('/').includes('..')) {
      throw new Error(`a file of the artifact would leave its folder: ${JSON.stringify(path)}`);
    }
    const parent = dirname(file);
    let ready = made.get(parent);
    if (!ready) {
      ready = mkdir(parent, { recursive: true });
      made.set(parent, ready);
    }
    await ready;
    await writeFile(file, content);
  });
}

// No call of Node's exchanges two folders in one step, so for an instant there is no target.
// clearLeftovers() gives the old one its name back where a run was killed in it.
async function exchange(target: string, fresh: string, exists: boolean): Promise<void> {
  if (!exists) {
    await rename(fresh, target);
    return;
  }
  const old = siblingName(target, 'old');
  await rename(target, old);
  try {
    await rename(fresh, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  // What can't be removed now is removed by the next run.
  await rm(old, { recursive: true, force: true }).catch(() => {});
}

function fixFor(code: string): string {
  return code === 'EBUSY' || code === 'EXDEV'
    ? 'The folder is exchanged by renaming, which a mount point does not allow: name a folder below it.'
    : 'What was there before is as it was.';
}
