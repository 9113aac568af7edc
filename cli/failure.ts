/** A reason why smic can't answer, in words for the user: printed without a stack, exit code 2. */
export class Failure extends Error {
  /** What the user can do; empty where there is nothing to say. */
  readonly fix: string;
  /** More of the reason, a line each. */
  readonly details: readonly string[];

  constructor(message: string, fix = '', details: readonly string[] = []) {
    super(message);
    this.name = 'Failure';
    this.fix = fix;
    this.details = details;
  }
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or folder',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'disk quota exceeded',
  EBUSY: 'it is in use, or is a mount point',
  EXDEV: 'it is on another device',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in the system',
  ELOOP: 'too many symbolic links',
  EFBIG: 'the file is too large',
  EIO: 'input/output error',
};

/** True for what Node throws when the operating system refuses something. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}

/** A system error in words, as `no space left on the device (ENOSPC)`. */
export function systemErrorWords(error: NodeJS.ErrnoException): string {
  const code = error.code ?? 'unknown';
  return `${words[code] ?? 'the operating system refused'} (${code})`;
}
