import { type RequestBudget, requestBudget } from '../ads/request-budget.ts';

/** How often each of many may do something. */
export interface Rates {
  /** Whether `key` may now; counts it if so. `now` in milliseconds, of any clock that doesn't go back. */
  take(key: string, now: number): boolean;
}

/** Budgets of `burst` at once and `perSecond` in the long run, for each key. */
export function rates(burst: number, perSecond: number): Rates {
  /** Milliseconds after which a budget is full again, as if it had never been used. */
  const memory = (burst / perSecond) * 1000;
  const budgets = new Map<string, { budget: RequestBudget; last: number; until: number }>();
  let swept = 0;
  return {
    take(key, now) {
      if (now - swept > memory) {
        swept = now;
        for (const [other, { last }] of budgets) {
          if (now - last > memory) {
            budgets.delete(other);
          }
        }
      }
      const known = budgets.get(key) ?? { budget: requestBudget(burst, perSecond, now), last: now, until: 0 };
      budgets.set(key, known);
      if (now < known.until) {
        return false;
      }
      const wait = known.budget.take(now);
      // The one that overdraws is refused itself, and so is who comes before the debt is paid.
      known.until = now + wait;
      known.last = now;
      return wait === 0;
    },
  };
}
