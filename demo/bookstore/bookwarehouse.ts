import type { Program } from '../pod/pod-process.ts';
import { sendJson, serveHttp } from './serve-http.ts';

/** Sends books to bookstores. */
export const bookwarehouse: Program = async () => {
  const counters = { sent: 0 };
  await serveHttp(14_001, async (request, response) => {
    if (request.method === 'POST' && request.url === '/restock-books') {
      counters.sent += 1;
      sendJson(response, 200, { sent: counters.sent });
    } else {
      sendJson(response, 404, {});
    }
  });
  return { counters: () => counters };
};
