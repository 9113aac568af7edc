import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds. Far beyond what anything needs; it is there so that a failure says what was waited for. */
const patience = 90_000;

/** Looks again and again until something is there, and gives it. Fails with `what` when it doesn't come. */
export async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) {
      return found as NonNullable<Exclude<T, false>>;
    }
    if (Date.now() > end) {
      throw new Error(`it does not come: ${what}`);
    }
    await sleep(100);
  }
}
