const first = 200;
const most = 15_000;

/** How long to wait after the `attempt`th failure in a row (from 1), milliseconds: doubling from 200 up to 15,000, of which a random half. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(first * 2 ** Math.min(attempt - 1, 10), most);
  return whole / 2 + (random() * whole) / 2;
}

/** Waits so many milliseconds, or until the signal is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
