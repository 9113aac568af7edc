import { type FSWatcher, watch } from 'node:fs';
import { join, resolve } from 'node:path';
import { concerns, isWithin } from './concerns.ts';
import { foldersOf } from './folders-of.ts';

/** Editors write a file in several steps, and a checkout changes many: wait until it has been quiet for so long. */
const quietMilliseconds = 100;

/** Watches inputs until it is closed. */
export interface Watcher {
  /** Settles after a change that `next` hasn't told yet, with false once the watcher is closed. */
  next(): Promise<boolean>;
  close(): void;
}

/** Watches `paths`; changes in `ignored` (what smic itself writes) don't count. */
export function createWatcher(paths: readonly string[], ignored: readonly string[]): Watcher {
  const own = ignored.map((path) => resolve(path));
  const inputs = paths.map((path) => resolve(path));
  const watchers = new Map<string, FSWatcher>();
  let changed = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let wake: (() => void) | undefined;

  const onChange = (path: string): void => {
    if (/\.smic-(new|old)-\d+-/.test(path) || own.some((output) => isWithin(output, path)) || !concerns(path, inputs)) {
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = true;
      refresh();
      wake?.();
    }, quietMilliseconds);
  };

  // New folders are watched before the next run reads them: what is written into them later is another change.
  const refresh = (): void => {
    const wanted = foldersOf(paths);
    for (const [folder, watcher] of watchers) {
      if (!wanted.has(folder)) {
        watcher.close();
        watchers.delete(folder);
      }
    }
    for (const folder of wanted) {
      if (!watchers.has(folder)) {
        add(folder);
      }
    }
  };

  const add = (folder: string): void => {
    const drop = (): void => {
      watchers.get(folder)?.close();
      watchers.delete(folder);
    };
    try {
      const watcher = watch(folder, (_event, name) => onChange(name === null ? folder : join(folder, name)));
      watchers.set(folder, watcher);
      watcher.on('error', () => {
        drop();
        onChange(folder);
      });
    } catch {
      drop(); // The folder has gone already, or may not be read; the run reports that.
    }
  };

  refresh();
  return {
    async next() {
      if (!changed && !closed) {
        await new Promise<void>((settle) => {
          wake = settle;
        });
      }
      changed = false;
      return !closed;
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const watcher of watchers.values()) {
        watcher.close();
      }
      wake?.();
    },
  };
}
