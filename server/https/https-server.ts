import { constants } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { errorWords, type Log } from '../log.ts';
import { readBody } from './read-body.ts';

/** What the server shows to clients, who show nothing. */
export interface HttpsCredentials {
  /** PEM: the leaf, then intermediates. */
  readonly chain: string;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
}

/** A request that has been read whole. */
export interface HttpsCall {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Address of the client. */
  readonly peer: string;
}

export interface HttpsAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly document: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a path takes: POST of JSON. */
export interface HttpsRoute {
  readonly maxBytes: number;
  /** What it rejects with is logged, and answered with 500. */
  readonly handle: (call: HttpsCall) => Promise<HttpsAnswer>;
}

export interface HttpsServerOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly credentials: HttpsCredentials;
  readonly routes: Readonly<Record<string, HttpsRoute>>;
  /** Paths that are answered with `ok`, for kubelet and load balancers. */
  readonly health?: readonly string[];
  readonly maxConnections: number;
  /** Of one client. */
  readonly maxConnectionsOfAddress: number;
  readonly log: Log;
}

export interface HttpsServer {
  readonly host: string;
  readonly port: number;
  /** For new connections from now on. */
  update(credentials: HttpsCredentials): void;
  /** Takes no new connections, lets what has been asked be answered for at most so long, and closes. */
  close(milliseconds: number): Promise<void>;
}

/** Milliseconds. A client on the same network needs a few. */
const patience = 10_000;

/** Listens with TLS 1.2 or later, authenticated by the server's certificate only. Rejects where it can't listen. */
export async function startHttpsServer(options: HttpsServerOptions): Promise<HttpsServer> {
  const { log, routes, health = [] } = options;
  const server = createServer({
    ...contextOf(options.credentials),
    handshakeTimeout: patience,
    headersTimeout: patience,
    requestTimeout: patience,
    connectionsCheckingInterval: 1000,
    keepAliveTimeout: 60_000,
    maxHeaderSize: 16_384,
    noDelay: true,
  });
  server.maxConnections = options.maxConnections;
  const ofAddress = new Map<string, number>();
  // Before TLS: a connection too many costs no handshake.
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (ofAddress.get(address) ?? 0) + 1;
    ofAddress.set(address, count);
    socket.once('close', () => {
      const left = (ofAddress.get(address) ?? 1) - 1;
      if (left > 0) ofAddress.set(address, left);
      else ofAddress.delete(address);
    });
    if (count > options.maxConnectionsOfAddress) {
      socket.destroy();
    }
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    log.debug({ peer: socket.remoteAddress, error: error.code ?? errorWords(error) }, 'a TLS handshake failed');
    socket.destroy();
  });
  server.on('error', (error) => log.error({ error: errorWords(error) }, 'cannot accept connections'));

  const answer = async (request: IncomingMessage): Promise<HttpsAnswer | string> => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (health.includes(path) && (request.method === 'GET' || request.method === 'HEAD')) {
      return 'ok\n';
    }
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) {
      return refusal(404, `there is nothing at this path; there is ${[...Object.keys(routes), ...health].join(', ')}`);
    }
    if (request.method !== 'POST') {
      return refusal(405, 'only POST', { allow: 'POST' });
    }
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
      return refusal(415, 'the content type must be application/json');
    }
    const body = await readBody(request, route.maxBytes);
    return body === undefined
      ? refusal(413, `the body is longer than ${route.maxBytes} bytes`)
      : route.handle({ headers: request.headers, body, peer: request.socket.remoteAddress ?? '' });
  };
  let closing = false;
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request).then(
      (result) => send(request, response, result, closing),
      (error: unknown) => {
        // Whoever has gone can't be told.
        if (request.destroyed && !request.complete) return;
        log.error({ path: request.url, error: errorWords(error) }, 'cannot answer a request');
        send(request, response, refusal(500, 'internal error'), closing);
      },
    );
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return {
    host: address,
    port,
    update: (credentials) => server.setSecureContext(contextOf(credentials)),
    async close(milliseconds) {
      closing = true;
      const closed = once(server, 'close');
      server.close();
      const timer = setTimeout(() => server.closeAllConnections(), milliseconds);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** An answer that says why there is no other. */
function refusal(status: number, message: string, headers: Readonly<Record<string, string>> = {}): HttpsAnswer {
  return { status, document: { message }, headers };
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpsAnswer | string, closing: boolean): void {
  const [status, type, text, headers] = typeof answer === 'string' ? [200, 'text/plain; charset=utf-8', answer, {}] : [answer.status, 'application/json', JSON.stringify(answer.document), answer.headers ?? {}];
  // What hasn't been read of a request is not read any more.
  const last = closing || !request.complete;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(last && { connection: 'close' }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}

function contextOf({ chain, privateKey }: HttpsCredentials): SecureContextOptions {
  return { cert: chain, key: privateKey, minVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET };
}
