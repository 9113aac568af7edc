import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { pathSignature } from './path-signature.ts';

/** Something is often written in several steps: wait until it has been quiet for so long. */
const quietMilliseconds = 50;
/** Network file systems tell nothing of changes, and a link further up in the path may be exchanged: look from time to time. */
const pollMilliseconds = 2000;

/** Watches the artifact at a path, however it is replaced: by renaming, in place, or by an exchange of links. */
export interface PathWatcher {
  close(): void;
}

/** Calls `changed` after the artifact at `path` has changed. Never keeps the process alive. */
export async function watchPath(path: string, changed: () => void): Promise<PathWatcher> {
  let signature = await pathSignature(path);
  let watchers: FSWatcher[] = [];
  let quiet: NodeJS.Timeout | undefined;
  let closed = false;

  const look = async (): Promise<void> => {
    const now = await pathSignature(path);
    if (!closed && now !== signature) {
      signature = now;
      rearm();
      changed();
    }
  };
  const soon = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => void look(), quietMilliseconds).unref();
  };
  // A watch follows the folder that had the name when it was set up.
  const rearm = (): void => {
    watchers.forEach((watcher) => watcher.close());
    watchers = [dirname(path), path].flatMap((place) => {
      try {
        return [watch(place, { persistent: false }, soon).on('error', () => {})];
      } catch {
        return []; // It isn't there now; then its parent says when it comes.
      }
    });
  };

  rearm();
  const poll = setInterval(() => void look(), pollMilliseconds).unref();
  return {
    close() {
      closed = true;
      clearTimeout(quiet);
      clearInterval(poll);
      watchers.forEach((watcher) => watcher.close());
    },
  };
}
