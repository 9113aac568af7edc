import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A hand-written source file. */
export interface SourceText {
  /** Path from the project's root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** A finding of a check. */
export interface Fault {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const folders = ['agent', 'bench', 'cli', 'compiler', 'demo', 'install', 'scripts', 'server', 'test', 'webhook'];

/** All hand-written source files of the project, sorted by path. */
export function sourceFiles(): SourceText[] {
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)))
    .filter((path) => /\.(ts|mjs|js|go|sh)$/.test(path) && !path.includes('/generated/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

/** The number of the line, from 1, that the character at `offset` stands in. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
