import type { Collector } from '../../compiler/diagnostics/collector.ts';
import type { Place } from '../../compiler/diagnostics/diagnostic.ts';
import type { Code } from '../../compiler/diagnostics/generated/catalog.ts';

/** Thrown for what is neither a file nor a folder. */
export class NotAFileError extends Error {}

/** Reports why a path can't be read. `error` is what the file system threw; anything else is a bug, and thrown again. */
export function inputProblem(name: string, error: unknown, collector: Collector, fix?: string): undefined {
  const [code, message] = describe(name, error);
  collector.report(code, { message, place: fileItself(name), ...(fix !== undefined && { fix }) });
}

/** Reports a file above the limit. `size` is undefined where it isn't known. */
export function tooLarge(name: string, size: number | undefined, maxBytes: number, collector: Collector): undefined {
  const bytes = size === undefined ? 'more' : `${size} bytes`;
  collector.report('SMIC1033', { message: `"${name}" has ${bytes}; the limit is ${maxBytes} bytes.`, place: fileItself(name) });
}

/** The place of a finding about a whole file. */
export function fileItself(file: string): Place {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
}

/** The file system's name of an error, such as `ENOENT`. */
export function errorName(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function describe(name: string, error: unknown): readonly [Code, string] {
  if (error instanceof NotAFileError) return ['SMIC1034', `"${name}" is a device, a pipe or a socket.`];
  switch (errorName(error)) {
    case 'ENOENT':
      return ['SMIC1030', `"${name}" doesn't exist.`];
    case 'ENOTDIR':
      return ['SMIC1030', `"${name}" doesn't exist: a part of the path is a file, not a folder.`];
    case 'EACCES':
    case 'EPERM':
      return ['SMIC1031', `There is no permission to read "${name}".`];
    case 'ELOOP':
      return ['SMIC1032', `"${name}" is a symbolic link that leads back to itself.`];
    case 'ENXIO':
    case 'EOPNOTSUPP':
      return ['SMIC1034', `"${name}" is a device, a pipe or a socket.`];
    case 'EISDIR':
      return ['SMIC1034', `"${name}" is a folder, where data is expected.`];
    case 'ERR_INVALID_ARG_VALUE':
      // A path with a NUL character, which no file has.
      return ['SMIC1030', `"${name.replaceAll('\0', '\\0')}" can't be the name of a file.`];
    case undefined:
      throw error;
    default:
      return ['SMIC1036', `"${name}" can't be read: ${(error as Error).message}.`];
  }
}
