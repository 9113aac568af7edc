import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which test files to run, and what of FILTER is left for them to apply. */
export interface Selection {
  readonly files: readonly string[];
  /** Set where FILTER names fixtures rather than test files. */
  readonly fixtureFilter: string | undefined;
  /** Set where nothing matches: a pattern that selects no test must not look like success. */
  readonly fault: string | undefined;
}

/**
 * Test files under `root`, sorted. `filter` is a part of a test file's path; if no path has it, a part of a fixture
 * folder's path, and then every test file that reads `FILTER` runs, to apply it to its fixtures.
 */
export function selectFiles(root: string, filter: string): Selection {
  const all = paths(root).filter((path) => path.endsWith('.test.ts'));
  if (filter === '') {
    return { files: all, fixtureFilter: undefined, fault: all.length === 0 ? `${root}: no *.test.ts file` : undefined };
  }
  const named = all.filter((path) => path.includes(filter));
  if (named.length > 0) {
    return { files: named, fixtureFilter: undefined, fault: undefined };
  }
  if (existsSync('fixtures') && paths('fixtures').some((path) => path.includes(filter))) {
    const readers = all.filter((path) => readFileSync(path, 'utf8').includes('FILTER'));
    return {
      files: readers,
      fixtureFilter: filter,
      fault: readers.length === 0 ? `FILTER=${filter}: no test file applies FILTER to its fixtures` : undefined,
    };
  }
  return { files: [], fixtureFilter: undefined, fault: `FILTER=${filter} matches no test file and no fixture` };
}

function paths(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .sort();
}
