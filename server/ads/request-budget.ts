/** How many requests a stream may send: as many as `burst` at once, and `perSecond` in the long run. */
export interface RequestBudget {
  /** Takes one; gives the milliseconds to wait before the next is read, 0: none. */
  take(now: number): number;
}

/** A budget that is full. `now` is in milliseconds, of any clock that doesn't go back. */
export function requestBudget(burst: number, perSecond: number, now: number): RequestBudget {
  let left = burst;
  let last = now;
  return {
    take(at) {
      left = Math.min(burst, left + ((at - last) * perSecond) / 1000) - 1;
      last = at;
      return left >= 0 ? 0 : Math.ceil((-left * 1000) / perSecond);
    },
  };
}
