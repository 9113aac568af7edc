import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StageListener } from '../compiler/index.ts';
import type { SourceFile } from '../compiler/load/document.ts';

/* Compiles a folder once and prints the time of each stage as JSON: `measure-stages.ts LIBRARY FOLDER`. Runs in a process of its own. */

/** Seconds by stage, and of reading the files. */
export type StageSeconds = Readonly<Record<Parameters<StageListener>[0] | 'read', number>>;

const [library, folder] = process.argv.slice(2);
if (library === undefined || folder === undefined) throw new TypeError('usage: measure-stages.ts LIBRARY FOLDER');
// The built library, as its users have it: what runs is not what a loader makes of the sources.
const { compile } = (await import(pathToFileURL(library).href)) as typeof import('../compiler/index.ts');

const seconds: Record<keyof StageSeconds, number> = { read: 0, load: 0, resources: 0, mesh: 0, envoy: 0, artifact: 0 };
let before = performance.now();
const lap = (stage: keyof StageSeconds): void => {
  const now = performance.now();
  seconds[stage] += (now - before) / 1000;
  before = now;
};
const files: readonly SourceFile[] = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
lap('read');
const { artifact, diagnostics } = compile(files, {}, lap);
if (artifact === undefined) {
  const errors = diagnostics.filter(({ level }) => level === 'error');
  throw new Error(`The mesh does not compile: ${errors.length} errors, the first ${errors[0]?.code}: ${errors[0]?.message}`);
}
console.log(JSON.stringify(seconds));
