import type { Issuer } from '../../server/certificates/issuer.ts';

/** An issuer that tests can wait for, and break. */
export interface TrackedIssuer extends Issuer {
  /** Settles when nothing is being issued and what waited for it has run. */
  idle(): Promise<void>;
  /** What issue() does instead of issuing, until it's set to undefined again. */
  fault: (() => Promise<never>) | undefined;
  /** How often issue() was called. */
  calls: number;
}

export function trackedIssuer(issuer: Issuer): TrackedIssuer {
  const pending = new Set<Promise<unknown>>();
  const tracked: TrackedIssuer = {
    ...issuer,
    fault: undefined,
    calls: 0,
    async issue(request) {
      tracked.calls += 1;
      if (tracked.fault) {
        return tracked.fault();
      }
      const result = issuer.issue(request);
      pending.add(result);
      void result.catch(() => {}).finally(() => pending.delete(result));
      return result;
    },
    async idle() {
      do {
        await Promise.allSettled(pending);
        await new Promise((resolve) => setImmediate(resolve));
      } while (pending.size > 0);
    },
  };
  return tracked;
}
