/** Gathers what comes in quick succession, and acts once. */
export interface Gatherer {
  /** Something has come: acts after a short quiet time, and at the latest after the longest wait. */
  note(): void;
  /** Acts no more. */
  close(): void;
}

export interface GatherTimes {
  /** Milliseconds without anything new after which it acts. */
  readonly quiet: number;
  /** Milliseconds after which it acts although there is always something new. */
  readonly longest: number;
}

/** What a user who waits doesn't notice, and a rollout of many pods doesn't exceed. */
const defaultGatherTimes: GatherTimes = { quiet: 10, longest: 200 };

/** `act` isn't called again before as much time has passed as it took, up to the longest wait: there must be time for anything else. What it throws is its caller's bug. */
export function gather(act: () => void, { quiet, longest }: GatherTimes = defaultGatherTimes): Gatherer {
  let first = 0;
  let notBefore = 0;
  let timer: NodeJS.Timeout | undefined;
  const run = (): void => {
    timer = undefined;
    const started = performance.now();
    try {
      act();
    } finally {
      const ended = performance.now();
      notBefore = ended + Math.min(ended - started, longest);
    }
  };
  return {
    note() {
      const now = performance.now();
      if (timer === undefined) {
        first = now;
      }
      clearTimeout(timer);
      timer = setTimeout(run, Math.max(Math.min(now + quiet, first + longest), notBefore) - now);
    },
    close: () => clearTimeout(timer),
  };
}
