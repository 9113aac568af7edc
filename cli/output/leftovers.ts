import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from '../failure.ts';

/*
 * What is being written, and what was replaced, stands for a moment beside the target under a name that says whose it is:
 * `.NAME.smic-new-PID-RANDOM` and `.NAME.smic-old-PID-RANDOM`.
 */

/** A new name beside `target`. */
export function siblingName(target: string, role: 'new' | 'old'): string {
  return join(dirname(target), `.${basename(target)}.smic-${role}-${process.pid}-${randomBytes(4).toString('hex')}`);
}

/**
 * Clears up what killed runs left beside `target`. A run that was killed between its two renames left no target:
 * then the old one gets its name back.
 */
export async function clearLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = `.${basename(target)}.smic-`;
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error)) {
      return []; // The folder isn't there, or may be written but not listed: then nothing can be cleared.
    }
    throw error;
  });
  for (const name of names.filter((entry) => entry.startsWith(prefix)).sort()) {
    const match = /^(new|old)-(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length));
    if (match && !isRunning(Number(match[2]))) {
      const path = join(folder, name);
      if (match[1] !== 'old' || !(await restored(path, target))) {
        await rm(path, { recursive: true, force: true }).catch(() => {});
      }
    }
  }
}

/** Moves `old` to `target` if there is no target. */
async function restored(old: string, target: string): Promise<boolean> {
  if (existsSync(target)) {
    return false;
  }
  await rename(old, target);
  return true;
}

function isRunning(pid: number): boolean {
  // In a container every run may have this same number; this run has left nothing yet.
  if (pid === process.pid) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return isSystemError(error) && error.code === 'EPERM';
  }
}
