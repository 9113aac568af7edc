import { createServer } from 'node:http';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** What the application saw of a request. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly bodyBytes: number;
  /** Option `name`. */
  readonly server: string;
}

/** HTTP/1.x: answers with what it saw (`?bytes=N`: N bytes instead; `?delay=N`: something, after N milliseconds; `?redirect=PATH`: there), and echoes WebSocket bytes. Options `port`, `host`, `name`. Command `requests`: how many it has seen. */
export const httpApp: Program = async ({ port, host = '::', name = '' }) => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    let bodyBytes = 0;
    request.on('data', (chunk: Buffer) => {
      bodyBytes += chunk.length;
    });
    request.on('end', () => {
      const delay = /[?&]delay=(\d+)/.exec(request.url ?? '')?.[1];
      if (delay !== undefined) {
        setTimeout(() => response.end('late'), Number(delay));
        return;
      }
      const bytes = /[?&]bytes=(\d+)/.exec(request.url ?? '')?.[1];
      if (bytes !== undefined) {
        response.end(Buffer.alloc(Number(bytes), 'x'));
        return;
      }
      const redirect = /[?&]redirect=(\/\w*)/.exec(request.url ?? '')?.[1];
      if (redirect !== undefined) {
        response.writeHead(302, { location: redirect }).end();
        return;
      }
      const { method, url, httpVersion, headers } = request;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ method, url, httpVersion, headers, bodyBytes, server: name }));
    });
  });
  server.on('upgrade', (_request, socket) => {
    requests += 1;
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(Number(port), String(host), resolve);
  });
  return { requests: () => requests };
};
