import { type FSWatcher, watch } from 'node:fs';

/** Calls `changed` when something in a folder changes; doesn't keep the process alive. Undefined where the system has no watches left. */
export function tryWatch(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, changed);
    return watcher.on('error', () => watcher.close());
  } catch {
    return undefined;
  }
}
