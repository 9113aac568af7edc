import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { inputName } from '../input/find-files.ts';

/**
 * Whether a change at `path` can change what is read from `inputs`; all are absolute. What lies beside the input doesn't:
 * least of all a file that smic's own words go to, which would make it run for ever.
 */
export function concerns(path: string, inputs: readonly string[]): boolean {
  return inputs.some((input) => {
    if (path === input || isWithin(path, input)) return true;
    if (isWithin(input, path)) return inputName.test(path) || !kindOf(path)?.isFile();
    // The names in a mounted ConfigMap are links to a folder beside them, which is exchanged.
    return dirname(path) === dirname(input) && (kindOf(input)?.isSymbolicLink() ?? false);
  });
}

/** Whether `path` is `folder` or below it. */
export function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function kindOf(path: string): ReturnType<typeof lstatSync> {
  return lstatSync(path, { throwIfNoEntry: false });
}
