import { mkdir, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CertificateError } from './certificate-error.ts';

/** Name of the folder that is there while somebody changes the CA. */
export const lockName = 'ca.lock';

/** Milliseconds. What is done under the lock takes some; one that is older belongs to a process that has died. */
const stale = 30_000;
const pause = 50;
const patience = 10_000;

/** Runs `change` while nobody else changes the CA folder. Rejects with a CertificateError where another takes too long. */
export async function withLock<T>(folder: string, change: () => Promise<T>): Promise<T> {
  const lock = join(folder, lockName);
  const until = Date.now() + patience;
  while (!(await take(lock))) {
    if (Date.now() > until) {
      throw new CertificateError(`another smic ca is changing ${folder}`, `If none is running, remove ${lock}.`);
    }
    await setTimeout(pause);
  }
  try {
    return await change();
  } finally {
    await rmdir(lock).catch(() => {});
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await mkdir(lock, { mode: 0o700 });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw new CertificateError(`cannot write to ${lock}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const age = await stat(lock).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
    if (age > stale) {
      await rmdir(lock).catch(() => {});
    }
    return false;
  }
}
