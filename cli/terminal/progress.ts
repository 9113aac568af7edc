import type { Output } from './terminal.ts';

/** Shows on one line of a terminal what is being done. */
export interface Progress {
  show(text: string): void;
  clear(): void;
}

/** Work shorter than this shows nothing: a line that flashes up helps nobody. */
const silentMilliseconds = 400;

/** Progress on `output` if that is a terminal, else none. */
export function createProgress(output: Output, now: () => number = () => performance.now()): Progress {
  if (!output.isTTY) {
    return { show: () => {}, clear: () => {} };
  }
  const start = now();
  let shown = false;
  return {
    show(text) {
      if (now() - start >= silentMilliseconds) {
        shown = true;
        void output.write(`\r\u001b[K${text} …`);
      }
    },
    clear() {
      if (shown) {
        shown = false;
        void output.write('\r\u001b[K');
      }
    },
  };
}
