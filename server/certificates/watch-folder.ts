import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { tryWatch } from './try-watch.ts';

/** Milliseconds: a change is read once the files have been quiet for so long. */
const quiet = 50;
/** Milliseconds: the file's date is looked at as often, because notices get lost on network and mapped file systems. */
const glance = 5_000;

/**
 * Calls `changed` after something in a CA folder has changed, one call at a time, and again some seconds after a call that rejected.
 * Doesn't keep the process alive. Gives what stops it.
 */
export function watchFolder(folder: string, changed: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let known = '';
  let stopped = false;
  let running = false;
  const within = (milliseconds: number): void => {
    if (!stopped) {
      clearTimeout(timer);
      timer = setTimeout(run, milliseconds).unref();
    }
  };
  const soon = (): void => within(quiet);
  const run = (): void => {
    if (running) {
      soon();
      return;
    }
    running = true;
    void changed()
      .catch(() => within(glance))
      .finally(() => (running = false));
  };
  const look = async (): Promise<void> => {
    const { mtimeMs, ino, size } = await stat(join(folder, 'ca.json'));
    const found = `${ino} ${mtimeMs} ${size}`;
    if (known !== '' && known !== found) {
      soon();
    }
    known = found;
  };
  // A folder that is gone for the moment is looked for again at the next glance.
  const glances = setInterval(() => void look().catch(() => {}), glance).unref();
  void look().catch(() => {});
  // Where there can't be one, the glances do.
  const watcher = tryWatch(folder, soon);
  return () => {
    stopped = true;
    clearTimeout(timer);
    clearInterval(glances);
    watcher?.close();
  };
}
