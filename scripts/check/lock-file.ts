import { type Fault, lineOf, type SourceText } from './source-files.ts';

/** package-lock.json pins versions and checksums; a registry's address in it would bind everyone to that registry. */
export function lockFileFaults(file: SourceText): Fault[] {
  const faults: Fault[] = [];
  for (const match of file.text.matchAll(/"resolved": "[a-z+]+:/g)) {
    faults.push({ path: file.path, line: lineOf(file.text, match.index), message: 'names a registry: run `npm install` with the project\'s .npmrc' });
  }
  return faults;
}
