import { request } from 'node:http';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';

/** Where Envoy's admin interface is: `http://127.0.0.1:15000`, or the path of a socket. */
export interface EnvoyAdmin {
  readonly text: string;
  readonly place: { readonly host: string; readonly port: number } | { readonly socketPath: string };
}

export interface EnvoyAnswer {
  readonly code: number;
  readonly body: string;
}

/** Milliseconds until an Envoy that doesn't answer is given up. */
const patience = 10_000;
/** Bytes of an answer: the largest meshes' configuration has tens of megabytes. */
const largest = 512 * 1024 * 1024;

const fix = "Name Envoy's admin interface with --admin: an address as http://127.0.0.1:15000, or a socket. It listens within the pod only.";

/** Undefined: it is neither an address nor a socket's path. */
export function parseEnvoyAdmin(text: string): EnvoyAdmin | undefined {
  const socketPath = /^unix:(?:\/\/(?=\/))?(.+)$/.exec(text)?.[1] ?? (/^\.{0,2}\//.test(text) ? text : undefined);
  if (socketPath !== undefined) {
    return { text, place: { socketPath } };
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '' || url.username !== '') {
    return undefined;
  }
  return { text, place: { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || 80) } };
}

/** GETs a page of the admin interface: it can be read so, but not changed. Throws a Failure where nobody answers. */
export async function askEnvoy({ text, place }: EnvoyAdmin, path: string): Promise<EnvoyAnswer> {
  try {
    return await get(place, path);
  } catch (error) {
    throw new Failure(`Envoy does not answer at ${text}: ${reasonOf(error)}`, fix);
  }
}

/** A page of JSON. Throws a Failure where that isn't what is answered. */
export async function askEnvoyJson(admin: EnvoyAdmin, path: string): Promise<unknown> {
  const { code, body } = await askEnvoy(admin, path);
  if (code !== 200) {
    throw new Failure(`${admin.text} answers ${path} with status ${code}`, fix);
  }
  try {
    return JSON.parse(body);
  } catch {
    throw new Failure(`${admin.text} answers, but not as Envoy's admin interface does`, fix);
  }
}

function get(place: EnvoyAdmin['place'], path: string): Promise<EnvoyAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...place, path, timeout: patience }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > largest) {
          sent.destroy(new Error(`more than ${largest} bytes came`));
        }
      });
      response.on('end', () => resolve({ code: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', reject);
    });
    sent.on('timeout', () => sent.destroy(new Error(`nothing came within ${patience / 1000} seconds`)));
    sent.on('error', reject);
    sent.end();
  });
}

function reasonOf(error: unknown): string {
  if (isSystemError(error) && ['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code)) {
    return systemErrorWords(error);
  }
  // Where a name has several addresses, the message is empty and the errors stand within.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  return first instanceof Error && first.message !== '' ? first.message : String(first);
}
