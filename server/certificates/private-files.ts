import { type FileHandle, lstat, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CertificateError } from './certificate-error.ts';

/** Makes a file of a folder hold `content`, for its owner only: all of it or what was there before, and on the disk when this settles. */
export async function writeDurably(folder: string, name: string, content: string): Promise<void> {
  const fresh = join(folder, `${name}.new`);
  await rm(fresh, { force: true });
  await withFile(await open(fresh, 'wx', 0o600), async (file) => {
    await file.writeFile(content);
    await file.sync();
  });
  await rename(fresh, join(folder, name));
  await withFile(await open(folder, 'r'), async (directory) => directory.sync());
}

/** A file's text. Rejects with a CertificateError where it can't be read; `fix` says what to do then. */
export async function readText(path: string, fix: string): Promise<string> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw new CertificateError(`cannot read ${path}${codeOf(error)}`, fix);
  }
  return withFile(file, async () => file.readFile('utf8'));
}

/**
 * Rejects with a CertificateError where anyone but the owner may read or write the file or folder. A volume that kubelet mounts is for
 * one pod: its folder has no mode of its own, and its files may be readable for the pod's group.
 */
export async function checkPrivate(path: string): Promise<void> {
  let mode: number;
  let isFolder: boolean;
  try {
    const found = await stat(path);
    mode = found.mode & 0o777;
    isFolder = found.isDirectory();
  } catch (error) {
    throw new CertificateError(`cannot read ${path}${codeOf(error)}`, 'smic ca init makes a CA.');
  }
  const mounted = await isMountedVolume(isFolder ? path : dirname(path));
  if ((mode & (mounted ? (isFolder ? 0 : 0o037) : 0o077)) !== 0) {
    const shown = mode.toString(8).padStart(4, '0');
    throw new CertificateError(`others than its owner may open ${path} (mode ${shown})`, `chmod go= ${path}, and bring in a new root if others may have read the key.`);
  }
}

/** Kubelet writes a volume's files into a folder of their own, and leads to it by this link. */
async function isMountedVolume(folder: string): Promise<boolean> {
  return lstat(join(folder, '..data')).then((found) => found.isSymbolicLink(), () => false);
}

async function withFile<T>(file: FileHandle, use: (file: FileHandle) => Promise<T>): Promise<T> {
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
}
