import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** A request as it goes out: the path byte by byte, headers as given. */
export interface HttpCall {
  /** `http://host:port/path`. The path isn't normalised. */
  readonly url: string;
  /** Where to connect, if not to the URL's host. */
  readonly connectTo?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until it counts as failed; default 10,000. */
  readonly timeout?: number;
  /** Use connections again; default false. */
  readonly keepAlive?: boolean;
}

/** What came back; `error` where nothing did, as `ECONNRESET`. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly error?: string;
}

const kept = new Agent({ keepAlive: true });

/** Does an HTTP/1.1 request. Never rejects: a refused connection is an answer too. */
export function httpCall(call: HttpCall): Promise<HttpAnswer> {
  const { hostname, port, path } = parts(call.url);
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void => resolve({ status: 0, headers: {}, body: '', error: error.code ?? error.message });
    const sent = request(
      {
        host: call.connectTo ?? hostname,
        port,
        path,
        method: call.method ?? 'GET',
        headers: { host: port === 80 ? hostname : `${hostname}:${port}`, ...call.headers },
        agent: call.keepAlive ? kept : false,
        timeout: call.timeout ?? 10_000,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() }));
      },
    );
    sent.on('timeout', () => sent.destroy(Object.assign(new Error('timeout'), { code: 'TIMEOUT' })));
    sent.on('error', fail);
    sent.end(call.body);
  });
}

/** Apart from `new URL`, which would resolve `..` in the path. */
function parts(url: string): { readonly hostname: string; readonly port: number; readonly path: string } {
  const [, address, ipv6, name, port, path] = /^http:\/\/((?:\[([^\]]+)\]|([^/:]+))(?::(\d+))?)(\/.*)?$/s.exec(url) ?? [];
  const hostname = ipv6 ?? name;
  if (address === undefined || hostname === undefined) {
    throw new TypeError(`${JSON.stringify(url)} is no http:// URL`);
  }
  return { hostname, port: Number(port ?? 80), path: path ?? '/' };
}
