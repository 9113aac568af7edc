import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Collector } from '../../compiler/diagnostics/collector.ts';
import { suggest } from '../../compiler/diagnostics/suggest.ts';
import { errorName, fileItself, inputProblem, NotAFileError } from './input-problem.ts';

/** What a file in a folder must be called to be read. */
export const inputName: RegExp = /\.(?:ya?ml|json)$/i;

/**
 * The names of the files that the paths stand for, sorted, relative to `folder`, with `/`. Each file is given once, by
 * the first of its names. What a path names itself is taken whatever it is called; in folders, only *.yaml, *.yml and
 * *.json, and nothing that begins with a dot, and no node_modules. Symbolic links are followed.
 */
export async function findFiles(paths: readonly string[], folder: string, collector: Collector): Promise<string[]> {
  const nameByFile = new Map<string, string>();
  // Folders by their true path: one that links lead to twice is walked once, so that links can't multiply the work.
  const walked = new Set<string>();

  for (const absolute of [...new Set(paths.map((name) => path.resolve(folder, name)))].sort()) {
    const before = nameByFile.size;
    const isFolder = await visit(absolute, [], true);
    if (isFolder === 'empty' && nameByFile.size === before) {
      const name = nameOf(absolute);
      collector.report('SMIC1035', { message: `The folder "${name}" holds no .yaml, .yml or .json file.`, place: fileItself(name) });
    }
  }
  return [...nameByFile.values()].sort();

  function nameOf(absolute: string): string {
    return path.relative(folder, absolute).split(path.sep).join('/') || '.';
  }

  /** Gives 'empty' for a folder in which there was no file, whether it is new or not. `above`: the folders that it was reached through. */
  async function visit(absolute: string, above: readonly string[], named: boolean): Promise<'empty' | 'filled'> {
    try {
      const status = await stat(absolute);
      if (status.isDirectory()) return await walk(absolute, above);
      if (!named && !inputName.test(absolute)) return 'empty';
      if (!status.isFile()) throw new NotAFileError();
      const file = await realpath(absolute);
      const name = nameOf(absolute);
      const other = nameByFile.get(file);
      if (other === undefined || name < other) nameByFile.set(file, name);
    } catch (error) {
      inputProblem(nameOf(absolute), error, collector, named && errorName(error) === 'ENOENT' ? await meant(absolute) : undefined);
    }
    return 'filled';
  }

  async function walk(absolute: string, above: readonly string[]): Promise<'empty' | 'filled'> {
    const real = await realpath(absolute);
    if (above.includes(real)) {
      const name = nameOf(absolute);
      collector.report('SMIC1032', { message: `"${name}" is a symbolic link to a folder that it stands in ("${nameOf(real)}").`, place: fileItself(name) });
      return 'filled';
    }
    if (walked.has(real)) return 'filled';
    walked.add(real);
    let result: 'empty' | 'filled' = 'empty';
    // One after the other, in order: which name of a file is found first must not depend on the disk's speed.
    for (const entry of (await readdir(absolute)).sort()) {
      if (entry.startsWith('.') || entry === 'node_modules') continue;
      if ((await visit(path.join(absolute, entry), [...above, real], false)) === 'filled') result = 'filled';
    }
    return result;
  }

  /** "Did you mean", from the names beside the first part of the path that doesn't exist. */
  async function meant(absolute: string): Promise<string | undefined> {
    const parent = path.dirname(absolute);
    try {
      const close = suggest(path.basename(absolute), await readdir(parent));
      return close === undefined ? undefined : `Did you mean "${nameOf(path.join(parent, close))}"?`;
    } catch (error) {
      return errorName(error) === 'ENOENT' && parent !== absolute ? meant(parent) : undefined;
    }
  }
}
