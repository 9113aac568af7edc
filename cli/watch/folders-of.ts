import { type Dirent, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * The folders to watch so that no change below `paths` is missed: each folder with all below it, the folder of each file
 * (editors save by renaming, which a watch on the file itself loses), and the nearest folder above what isn't there.
 */
export function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  const visit = (folder: string): void => {
    folders.add(folder);
    for (const entry of entriesOf(folder)) {
      if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git') {
        visit(join(folder, entry.name));
      }
    }
  };
  for (const path of paths) {
    const absolute = resolve(path);
    if (isFolder(absolute)) {
      visit(absolute);
    } else {
      folders.add(nearestFolder(dirname(absolute)));
    }
  }
  return folders;
}

// What can't be read is for the compile run to report.
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function nearestFolder(path: string): string {
  const parent = dirname(path);
  return parent === path || isFolder(path) ? path : nearestFolder(parent);
}
