import { setTimeout as sleep } from 'node:timers/promises';
import { httpCall } from '../pod/http-call.ts';
import type { Program } from '../pod/pod-process.ts';
import { sendJson, serveHttp } from './serve-http.ts';

/** What a customer has got so far. */
export interface CustomerCounters {
  /** Books, by the bookstore that gave them. */
  readonly books: Readonly<Record<string, number>>;
  /** Answers 403. */
  readonly refused: number;
  /** Everything else. */
  readonly failed: number;
}

/** bookbuyer and bookthief: want a book again and again, each over a new connection. Option `name`; `interval` in milliseconds, default 50. */
export const customer: Program = async ({ name, interval = 50 }) => {
  const counters = { books: {} as Record<string, number>, refused: 0, failed: 0 };
  let paused = false;

  async function wantABook(): Promise<void> {
    const { status, headers } = await httpCall({
      url: 'http://bookstore.bookstore:14001/buy-a-book/new',
      headers: { 'user-agent': `${name}-http-client/1.0`, 'client-app': String(name) },
      timeout: 5_000,
    });
    const seller = headers['identity'];
    if (status === 200 && typeof seller === 'string') {
      counters.books[seller] = (counters.books[seller] ?? 0) + 1;
    } else if (status === 403) {
      counters.refused += 1;
    } else {
      counters.failed += 1;
    }
  }

  async function work(): Promise<never> {
    for (;;) {
      if (!paused) await wantABook();
      await sleep(Number(interval));
    }
  }

  await serveHttp(14_001, async (_request, response) => sendJson(response, 200, counters));
  void work();
  return {
    counters: () => counters,
    reset: () => {
      Object.assign(counters, { books: {}, refused: 0, failed: 0 });
    },
    pause: (wanted) => {
      paused = wanted === true;
    },
  };
};
