import { relative, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { inputPaths } from '../input/input-paths.ts';
import type { CompileFlags } from '../program/flags.ts';

/** Throws a Failure for flags that don't go together, and for outputs that would replace the input. */
export function refuseFlags(paths: readonly string[], flags: CompileFlags): void {
  if ((flags.proxy !== undefined || flags.types !== undefined) && (flags.output === undefined || flags.stats)) {
    throw new Failure('--proxy and -t select what -o prints', 'Add -o yaml or -o json (and leave --stats out).');
  }
  if (flags.force && flags.out === undefined) {
    throw new Failure('--force is for --out', 'Add --out DIR, or leave --force out.');
  }
  if (flags.bundle === '-' && (flags.output !== undefined || flags.stats)) {
    throw new Failure('--bundle - and -o or --stats both write to standard output', 'Give --bundle a file.');
  }
  const input = inputPaths(paths, flags);
  if (flags.watch && flags.live) {
    throw new Failure('--watch follows files, not a cluster', 'smic serve --live follows a cluster.');
  }
  if (flags.watch && input.includes('-')) {
    throw new Failure('--watch cannot watch standard input', 'Name files or folders.');
  }
  for (const path of input.filter((name) => name !== '-')) {
    // Even with --force: the folder is replaced as a whole, and the input with it.
    if (flags.out !== undefined && contains(flags.out, path)) {
      throw new Failure(`--out ${flags.out}: the input ${path} is in that folder, and would be replaced`, 'Name a folder of its own.');
    }
    if (flags.bundle !== undefined && resolve(flags.bundle) === resolve(path)) {
      throw new Failure(`--bundle ${flags.bundle}: that is the input`, 'Name another file.');
    }
  }
  if (flags.out !== undefined && flags.bundle !== undefined && flags.bundle !== '-' && contains(flags.out, flags.bundle)) {
    throw new Failure(`--bundle ${flags.bundle} is in the folder of --out ${flags.out}, which is replaced as a whole`, 'Name a file beside it.');
  }
}

function contains(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way === '' || (way !== '..' && !way.startsWith('../'));
}
