import type { Fault, SourceText } from './source-files.ts';

const limit = 500;

/** A file that is longer than 500 lines is two files. */
export function fileLengthFaults(file: SourceText): Fault[] {
  const lines = file.text.trimEnd().split('\n').length;
  return lines > limit ? [{ path: file.path, line: limit + 1, message: `${lines} lines, the limit is ${limit}: this is two files` }] : [];
}
