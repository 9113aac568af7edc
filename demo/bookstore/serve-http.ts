import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Listens on all addresses of the pod, of both families, and resolves when that is done. */
export function serveHttp(port: number, answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '::', resolve);
  });
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
