import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { errorWords, type Log } from '../log.ts';

export interface PagesOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** By path. */
  readonly pages: Readonly<Record<string, (query: URLSearchParams) => Page | Promise<Page>>>;
  readonly log: Log;
}

export interface AdminServer {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface Page {
  readonly type: string;
  readonly text: string;
  readonly code?: number;
}

/** Serves pages that can be read, and nothing to change. Rejects where it can't listen. */
export async function startPages({ host, port, pages, log }: PagesOptions): Promise<AdminServer> {
  const answer = async (request: IncomingMessage): Promise<Page> => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return words('only GET\n', 405);
    }
    if (loopback && !isLoopback(hostName(request.headers.host))) {
      // A web page can make a browser on this machine ask here, under a name of its own.
      return words('this endpoint is for this machine only\n', 403);
    }
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    return page === undefined ? words(`${Object.keys(pages).join('\n')}\n`, path === '/' ? 200 : 404) : page(new URLSearchParams(query));
  };

  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000, maxHeaderSize: 8192, keepAliveTimeout: 30_000 }, (request, response) => {
    request.resume();
    answer(request).then(
      (page) => send(response, page, request.method === 'HEAD'),
      (error: unknown) => {
        log.error({ path: request.url, error: errorWords(error) }, 'the admin endpoint cannot answer');
        send(response, words('internal error\n', 500), false);
      },
    );
  });
  server.maxConnections = 256;
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const loopback = isLoopback(address.address);
  return {
    host: address.address,
    port: address.port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, { type, text, code = 200 }: Page, headOnly: boolean): void {
  response.writeHead(code, { 'content-type': type, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(headOnly ? undefined : text);
}

/** A page of plain text. */
export function words(text: string, code = 200): Page {
  return { type: 'text/plain; charset=utf-8', text, code };
}

/** A page of JSON. */
export function json(value: unknown): Page {
  return { type: 'application/json; charset=utf-8', text: `${JSON.stringify(value, null, 2)}\n` };
}

/** `[::1]:9091` → `::1` */
function hostName(header: string | undefined): string {
  return (header ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
