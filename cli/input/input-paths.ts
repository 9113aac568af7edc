import { Failure } from '../failure.ts';
import type { InputFlags } from '../program/flags.ts';

/**
 * All paths that are to be read, each once, in the order given. Throws a Failure where there are none.
 * @param example a command that has some
 */
export function inputPaths(paths: readonly string[], flags: Pick<InputFlags, 'file' | 'snapshot' | 'live'>, example = 'smic compile policies/ cluster.yaml'): readonly string[] {
  const all = [...new Set([...paths, ...flags.file, ...flags.snapshot])];
  if (all.length === 0 && !flags.live) {
    throw new Failure('there is nothing to read', `Name files or folders, or - for standard input: \`${example}\`.`);
  }
  if (all.includes('')) {
    throw new Failure('a path is empty', 'A variable in the command may be unset; . is the working folder.');
  }
  return all;
}
