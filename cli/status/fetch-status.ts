import type { StatusDocument } from '../../server/admin/status-document.ts';
import { Failure } from '../failure.ts';

/** Milliseconds until a server that doesn't answer is given up. */
const patience = 10_000;

/** Asks a server for its status. Throws a Failure where there is no answer, or not one of smic's. */
export async function fetchStatus(server: string): Promise<StatusDocument> {
  return fetchServer(server, '/status', isStatus);
}

/** Asks a server's admin endpoint for a document. `missing`: what a 404 means. Throws a Failure where there is no answer, or another one. */
export async function fetchServer<T>(server: string, path: string, isDocument: (value: unknown) => value is T, missing?: string): Promise<T> {
  const fix = "Name the server's admin endpoint with --server. It listens on its own machine only, unless smic serve --admin says otherwise; smic status --live asks those in a cluster.";
  let response: Response;
  let value: unknown;
  try {
    response = await fetch(new URL(path, server), { signal: AbortSignal.timeout(patience), redirect: 'error' });
    value = response.ok ? await response.json() : undefined;
  } catch (error) {
    throw new Failure(`${server} does not answer: ${reasonOf(error)}`, fix);
  }
  if (!response.ok) {
    throw response.status === 404 && missing !== undefined ? new Failure(`${server} answers: ${missing}`) : new Failure(`${server} answers with status ${response.status}`, fix);
  }
  if (!isDocument(value)) {
    throw new Failure(`${server} answers, but not as smic serve does`, fix);
  }
  return value;
}

/** Whether a server's answer is what `/status` gives. */
export function isStatus(value: unknown): value is StatusDocument {
  return typeof value === 'object' && value !== null && 'proxies' in value && Array.isArray(value.proxies) && 'artifact' in value && typeof value.artifact === 'object';
}

/** fetch says "fetch failed" and keeps the reason as the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const { cause, name } = error;
  if (name === 'TimeoutError') {
    return `nothing came within ${patience / 1000} seconds`;
  }
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
