import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';

/** The load client and the peer: programs. */
export interface LoadTools {
  readonly client: string;
  /** The load client with every message of Envoy's API linked in: for -validate it must know all that it checks. */
  readonly judge: string;
  readonly peer: string;
}

/** Something that the benchmark can't do without isn't there. */
export class MissingTool extends Error {}

/** Go's command. */
const go = process.env['GO'] ?? 'go';
const sources = join(import.meta.dirname, '../../../shared/tools/xdsload');

/** Builds the load client and the peer, once for each state of their sources, outside the checkout. @throws MissingTool */
export function buildLoadTools(): LoadTools {
  if (!existsSync(join(sources, 'go.mod'))) {
    throw new MissingTool(`The load client is missing: ${relative(process.cwd(), sources)} (see bench/README.md).`);
  }
  const version = spawnSync(go, ['version'], { encoding: 'utf8' });
  if (version.status !== 0) {
    throw new MissingTool(`Go is missing: the load client and the peer are built with it, and \`${go}\` can't be run (GO=… names another).`);
  }
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'smic');
  const built = join(cache, `xdsload-${digestOf(sources, `${version.stdout}${readFileSync(import.meta.filename, 'utf8')}`).slice(0, 16)}`);
  if (!existsSync(built)) {
    mkdirSync(cache, { recursive: true });
    const fresh = mkdtempSync(join(cache, 'building-'));
    const build = (words: readonly string[]): void => {
      const made = spawnSync(go, ['build', ...words], { cwd: sources, encoding: 'utf8' });
      if (made.status !== 0) {
        rmSync(fresh, { recursive: true, force: true });
        throw new MissingTool(`go build failed: ${made.stderr.trim()}`);
      }
    };
    build(['-o', `${fresh}/`, '.', './cmd/gocp']);
    build(['-o', join(fresh, 'judge'), '-overlay', writeOverlay(fresh), '.']);
    try {
      renameSync(fresh, built);
    } catch (error) {
      // Another run was first: its programs are the same.
      rmSync(fresh, { recursive: true, force: true });
      if (!existsSync(built)) throw error;
    }
  }
  return { client: join(built, 'xdsload'), judge: join(built, 'judge'), peer: join(built, 'gocp') };
}

/** A file more in the load client's package, which Go takes as if it stood there; gives the path of what tells it so. */
function writeOverlay(folder: string): string {
  const [added, overlay] = [join(folder, 'all-messages.go'), join(folder, 'overlay.json')];
  writeFileSync(added, 'package main\n\nimport _ "xdsload/allenvoy"\n');
  writeFileSync(overlay, JSON.stringify({ Replace: { [join(realpathSync(sources), 'all-messages.go')]: added } }));
  return overlay;
}

/** Over the names and contents of all files below a folder, and some words. */
function digestOf(folder: string, words: string): string {
  const hash = createHash('sha256').update(words);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) hash.update(`${name}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}
