import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions, request as httpsRequest } from 'node:https';
import { ConnectionError, errorOf } from './api-error.ts';
import type { ClusterAccess } from './cluster-access.ts';

/** One request to the API server. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the server's root, as `/api/v1/pods`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default application/json. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for the answer to begin, and then for each piece of it, milliseconds. Default 30,000. */
  readonly timeout?: number | undefined;
}

/** Sends requests over kept-alive connections. */
export interface Transport {
  readonly access: ClusterAccess;
  /** Settles when the answer begins. Rejects with an ApiError for an error status, with a ConnectionError where there is no answer, with the signal's reason where it was aborted. */
  open(request: ApiRequest): Promise<IncomingMessage>;
  /** The answer's body. Rejects as `open`. */
  text(request: ApiRequest): Promise<{ readonly status: number; readonly text: string }>;
  /** Ends idle connections. */
  close(): void;
}

export interface TransportOptions {
  readonly userAgent: string;
  /** What the server says beside its answer (`Warning` headers), as kubectl shows it. */
  readonly onWarning?: (warning: string) => void;
}

const defaultTimeout = 30_000;

/** How long TCP and TLS may take, milliseconds. */
const connectTimeout = 10_000;

/** A client that shows other credentials after these answers may get another answer. */
const unauthorized = 401;

/** Connects to nothing yet. */
export function createTransport(access: ClusterAccess, { userAgent, onWarning }: TransportOptions): Transport {
  // Connections with other credentials are kept apart by the agent itself.
  const secure = new HttpsAgent({ keepAlive: true, keepAliveMsecs: 15_000, maxFreeSockets: 8, timeout: 0 });
  const plain = new HttpAgent({ keepAlive: true, maxFreeSockets: 8 });
  const base = new URL(access.server);

  async function send(request: ApiRequest): Promise<IncomingMessage> {
    const { method, path, query = {}, body, contentType = 'application/json', signal, timeout = defaultTimeout } = request;
    signal?.throwIfAborted();
    const { headers, tls, agent } = await access.credentials();
    signal?.throwIfAborted();
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const isSecure = base.protocol === 'https:';
    const options: RequestOptions = {
      method,
      protocol: base.protocol,
      hostname: base.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: base.port || (isSecure ? 443 : 80),
      path: `${base.pathname.replace(/\/$/, '')}${path}${queryText(query)}`,
      agent: agent ?? (isSecure ? secure : plain),
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...headers,
        ...(content && { 'content-type': contentType, 'content-length': content.length }),
      },
      ...tls,
      ...(signal && { signal }),
    };
    const outgoing = (isSecure ? httpsRequest : httpRequest)(options);
    const limit = setTimeout(() => outgoing.destroy(new ConnectionError('TIMEOUT', `the API server at ${access.server} gave no answer in ${timeout / 1000} s`)), timeout);
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) {
        return;
      }
      const connecting = setTimeout(() => outgoing.destroy(new ConnectionError('TIMEOUT', `no connection to ${access.server} in ${connectTimeout / 1000} s`)), connectTimeout);
      const connected = (): void => clearTimeout(connecting);
      socket.once(isSecure ? 'secureConnect' : 'connect', connected).once('close', connected);
    });
    // Once the answer has begun, an error of the connection is the answer's.
    outgoing.on('error', () => {}).end(content);
    try {
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      return response;
    } catch (error) {
      if (outgoing.reusedSocket && method === 'GET' && isReset(error) && !signal?.aborted) {
        // A connection that was kept for later had been closed meanwhile.
        return send(request);
      }
      throw failureOf(error, signal, access.server);
    } finally {
      clearTimeout(limit);
    }
  }

  async function open(request: ApiRequest): Promise<IncomingMessage> {
    let response = await send(request);
    if (response.statusCode === unauthorized) {
      response.resume();
      // Tokens and certificates on disk may have been renewed.
      await access.refresh();
      response = await send(request);
    }
    for (const warning of [response.headers['warning'] ?? []].flat()) {
      onWarning?.(/^\d+ \S+ "(.*)"/.exec(warning)?.[1]?.replaceAll('\\"', '"') ?? warning);
    }
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 300) {
      return response;
    }
    throw errorOf(status, await textOf(response, request, access.server), response.headers['retry-after']);
  }

  return {
    access,
    open,
    async text(request) {
      const response = await open(request);
      return { status: response.statusCode ?? 0, text: await textOf(response, request, access.server) };
    },
    close() {
      secure.destroy();
      plain.destroy();
    },
  };
}

async function textOf(response: IncomingMessage, { timeout = defaultTimeout, signal }: ApiRequest, server: string): Promise<string> {
  const silent = (): void => void response.destroy(new ConnectionError('TIMEOUT', `the API server at ${server} stopped in the middle of an answer`));
  let limit = setTimeout(silent, timeout);
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      clearTimeout(limit);
      limit = setTimeout(silent, timeout);
    }
  } catch (error) {
    throw failureOf(error, signal, server);
  } finally {
    clearTimeout(limit);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What is thrown for an error of the connection: the signal's reason where it was aborted, else a ConnectionError. */
export function failureOf(error: unknown, signal: AbortSignal | undefined, server: string): unknown {
  if (signal?.aborted) {
    return signal.reason;
  }
  if (error instanceof ConnectionError) {
    return error;
  }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'BROKEN';
  return new ConnectionError(code, `cannot reach the API server at ${server}: ${error instanceof Error ? error.message || code : String(error)}`, error);
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

function queryText(query: NonNullable<ApiRequest['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}
