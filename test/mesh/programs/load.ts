import { type HttpCall, httpCall } from '../../../demo/pod/http-call.ts';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** Requests at this rate, whether earlier ones are answered or not. */
export interface LoadCall extends HttpCall {
  /** Requests a second. */
  readonly rate: number;
}

/** What has come back since `loadStart`. Times aren't kept: no test asserts any. */
export interface LoadResult {
  readonly sent: number;
  /** By status and server (what httpApp calls itself), as `200 web-v1-0`; failures by their error. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Commands `loadStart` (LoadCall), `loadSoFar` and `loadStop` → LoadResult; `loadStop` waits for what is under way. */
export const load: Program = async () => {
  let timer: NodeJS.Timeout | undefined;
  let sent = 0;
  let answers: Record<string, number> = {};
  let underWay = new Set<Promise<void>>();

  async function one(call: LoadCall): Promise<void> {
    const { status, body, error } = await httpCall(call);
    const server = /"server":"([^"]*)"/.exec(body)?.[1] ?? body.slice(0, 60);
    const key = error ?? `${status} ${server}`;
    answers[key] = (answers[key] ?? 0) + 1;
  }

  function start(call: LoadCall): void {
    let next = performance.now();
    timer = setInterval(() => {
      // What a busy machine has kept it from sending isn't made up for all at once: a burst would be another test.
      next = Math.max(next, performance.now() - 50);
      for (; next < performance.now(); next += 1000 / call.rate) {
        sent += 1;
        const request = one(call);
        underWay.add(request);
        void request.finally(() => underWay.delete(request));
      }
    }, 5);
  }

  return {
    loadStart: (call) => {
      sent = 0;
      answers = {};
      underWay = new Set();
      start(call as LoadCall);
    },
    loadSoFar: () => ({ sent, answers }),
    loadStop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      return { sent, answers };
    },
  };
};
