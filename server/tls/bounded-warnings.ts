import type { Log } from '../log.ts';

/** A second's worth of lines: enough to see what goes on, too little to fill a disk. */
const linesASecond = 20;

/** Writes warnings that strangers can cause at will: some a second, then how many there were beside them. */
export interface BoundedWarnings {
  warn(facts: object, words: string): void;
  close(): void;
}

export function boundedWarnings(log: Log): BoundedWarnings {
  let lines = 0;
  let withheld = 0;
  let timer: NodeJS.Timeout | undefined;
  const report = (): void => {
    timer = undefined;
    if (withheld > 0) {
      log.warn({ withheld }, 'more of the same was not logged');
    }
    lines = 0;
    withheld = 0;
  };
  return {
    warn(facts, words) {
      timer ??= setTimeout(report, 1000).unref();
      lines += 1;
      if (lines <= linesASecond) {
        log.warn(facts, words);
      } else {
        withheld += 1;
      }
    },
    close() {
      clearTimeout(timer);
      report();
    },
  };
}
