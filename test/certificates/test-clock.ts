import type { Clock } from '../../server/certificates/issuer.ts';

/** A clock that stands still until it's told to go on. */
export interface TestClock extends Clock {
  /** Goes on by so many milliseconds; each action runs at its own time, and `settle` is awaited after each. */
  advance(milliseconds: number, settle?: () => Promise<void>): Promise<void>;
  /** How many actions wait for their time. */
  waiting(): number;
}

/** A clock that begins in 2024. */
export function createTestClock(start: number = Date.UTC(2024, 0, 1)): TestClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly action: () => void }>();
  const next = (until: number): { readonly at: number; readonly action: () => void } | undefined => {
    let first: { readonly at: number; readonly action: () => void } | undefined;
    for (const timer of timers) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) {
        first = timer;
      }
    }
    return first;
  };
  return {
    now: () => now,
    at(at, action) {
      const timer = { at, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    waiting: () => timers.size,
    async advance(milliseconds, settle = async () => {}) {
      const until = now + milliseconds;
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.action();
        await settle();
      }
      now = until;
    },
  };
}
