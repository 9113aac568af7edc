import { httpCall } from '../pod/http-call.ts';
import type { Program } from '../pod/pod-process.ts';
import { sendJson, serveHttp } from './serve-http.ts';

/** What a bookstore has done so far. */
export interface BookstoreCounters {
  readonly sold: number;
  readonly restocked: number;
  readonly restockFailed: number;
}

/** Sells books, and orders a new one from bookwarehouse for each. Option `identity`: what it says who it is. */
export const bookstore: Program = async ({ identity }) => {
  const counters = { sold: 0, restocked: 0, restockFailed: 0 };

  async function restock(): Promise<void> {
    const { status } = await httpCall({
      url: 'http://bookwarehouse.bookwarehouse:14001/restock-books',
      method: 'POST',
      headers: { host: 'bookwarehouse.bookwarehouse', 'content-type': 'application/json' },
      body: '1',
    });
    if (status === 200) {
      counters.restocked += 1;
    } else {
      counters.restockFailed += 1;
    }
  }

  await serveHttp(14_001, async (request, response) => {
    response.setHeader('identity', String(identity));
    const path = (request.url ?? '').split('?')[0];
    if (path === '/buy-a-book/new') {
      counters.sold += 1;
      await restock();
      sendJson(response, 200, { book: `${identity}: book ${counters.sold}`, secret: 'A tale of two sidecars' });
    } else if (path === '/books-bought') {
      sendJson(response, 200, { sold: counters.sold, headers: request.headers });
    } else {
      sendJson(response, 404, { path, headers: request.headers });
    }
  });
  return { counters: () => counters };
};
