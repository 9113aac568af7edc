import type { Clock } from './issuer.ts';

/** The longest that a timer sleeps, milliseconds: the wall clock may be set, and timers stand still while a machine is suspended. */
const nap = 30_000;

/** The wall clock, for a server: its timers don't keep the process alive. */
export const systemClock: Clock = createSystemClock('background');

/** The wall clock. A process waits for timers in the foreground; timers in the background don't keep it alive. */
export function createSystemClock(timers: 'foreground' | 'background'): Clock {
  return {
    now: () => Date.now(),
    at(at, action) {
      let timer: NodeJS.Timeout;
      const sleep = (): void => {
        const left = at - Date.now();
        timer = setTimeout(left <= nap ? wake : sleep, Math.min(Math.max(left, 0), nap));
        if (timers === 'background') {
          timer.unref();
        }
      };
      // A timer may fire a millisecond early.
      const wake = (): void => (Date.now() >= at ? action() : sleep());
      sleep();
      return () => clearTimeout(timer);
    },
  };
}
