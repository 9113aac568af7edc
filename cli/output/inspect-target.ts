import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from '../../server/artifacts/list-files.ts';
import { isSystemError } from '../failure.ts';
import { isManifest } from './is-manifest.ts';

/** What stands where an artifact is to be written. */
export type Target =
  | { readonly state: 'absent' | 'empty' }
  | { readonly state: 'file' }
  | { readonly state: 'artifact'; readonly files: readonly string[] }
  /** A folder with something else in it; `example` is one of those files. */
  | { readonly state: 'foreign'; readonly example: string };

/** Looks at `folder`. Throws system errors other than that it isn't there. */
export async function inspectTarget(folder: string): Promise<Target> {
  try {
    if (!(await stat(folder)).isDirectory()) {
      return { state: 'file' };
    }
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') {
      return { state: 'absent' };
    }
    throw error;
  }
  const { files, others } = await listFiles(folder);
  if (files.length === 0 && others.length === 0) {
    return { state: 'empty' };
  }
  // An artifact is folders and JSON. A README that someone put beside them would be lost with the exchange.
  const stranger = others[0] ?? files.find((path) => !path.endsWith('.json'));
  if (stranger !== undefined) {
    return { state: 'foreign', example: stranger };
  }
  if (!files.includes('manifest.json') || !isManifest(await readFile(join(folder, 'manifest.json'), 'utf8'))) {
    return { state: 'foreign', example: files[0] ?? '' };
  }
  return { state: 'artifact', files };
}
