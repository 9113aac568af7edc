import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { compile, type CompileResult } from '../../compiler/index.ts';
import type { SourceFile } from '../../compiler/load/document.ts';
import type { CompileOptions } from '../../compiler/options.ts';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'fixtures');

/** A folder of fixtures/ with a case.yaml: what a user would write, and what comes of it. */
export interface GoldenCase {
  /** `<area>/<case>` */
  readonly name: string;
  readonly folder: string;
  readonly about: string;
  readonly files: readonly SourceFile[];
  readonly options: Partial<CompileOptions>;
  /** Not for the compiler: the flags of `smic inject` that the files are given to. */
  readonly inject: readonly string[] | undefined;
}

/** The compiler's cases whose name contains this, sorted by name; unless told, those that FILTER asks for, or all. */
export function goldenCases(filter: string = process.env['FILTER'] ?? ''): readonly GoldenCase[] {
  return allCases(filter).filter(({ inject }) => inject === undefined);
}

/** Those of `smic inject`. */
export function injectCases(filter: string = process.env['FILTER'] ?? ''): readonly GoldenCase[] {
  return allCases(filter).filter(({ inject }) => inject !== undefined);
}

function allCases(filter: string): readonly GoldenCase[] {
  return readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('case.yaml'))
    .map((path) => readCase(join(fixtures, path, '..')))
    .filter(({ name }) => name.includes(filter))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Compiles the case as `smic compile` in the project's folder would. */
export function compileCase({ files, options }: GoldenCase): CompileResult {
  return compile(files, options);
}

/** The files of a folder, by their path in it; empty where there is no such folder. */
export function readFolder(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path), readFileSync(path, 'utf8')]),
  );
}

function readCase(folder: string): GoldenCase {
  const { about, options = {}, inputs, inject } = parse(readFileSync(join(folder, 'case.yaml'), 'utf8'));
  const own = readdirSync(folder).filter((name) => /\.(ya?ml|json)$/.test(name) && name !== 'case.yaml');
  const paths: readonly string[] = [...(inputs ?? []), ...own].map((path: string) => join(folder, path)).sort();
  return {
    name: relative(fixtures, folder),
    folder,
    about,
    files: paths.map((path) => ({ name: relative(root, path), text: readFileSync(path, 'utf8') })),
    options,
    inject,
  };
}
