import type { CertificateStatus } from '../secrets/certificate-status.ts';
import type { ServerAnswer } from './rotation-gates.ts';

/** Milliseconds. */
const patience = 5_000;

/** Asks the admin endpoints of servers (as `http://127.0.0.1:9091`) how far their proxies are. Never rejects: an error is an answer. */
export async function askServers(servers: readonly string[]): Promise<readonly ServerAnswer[]> {
  return Promise.all(servers.map(async (server) => askServer(server).catch((error: unknown) => ({ server, status: asError(error) }))));
}

/** What a server's `/status` says of certificates. */
export function answerOf(server: string, document: unknown): ServerAnswer {
  const { certificates, now, startedAt } = isRecord(document) ? document : {};
  return isCertificateStatus(certificates) && typeof now === 'number' && typeof startedAt === 'number'
    ? { server, status: certificates, uptime: now - startedAt }
    : { server, status: new Error('its admin endpoint says nothing of certificates; is it smic serve?') };
}

async function askServer(server: string): Promise<ServerAnswer> {
  const response = await fetch(new URL('/status', server), { signal: AbortSignal.timeout(patience), redirect: 'error' });
  if (!response.ok) {
    throw new Error(`its admin endpoint answers with ${response.status}`);
  }
  return answerOf(server, await response.json());
}

function asError(error: unknown): Error {
  const { message = String(error), cause } = error instanceof Error ? error : {};
  // fetch hides what happened behind "fetch failed".
  return new Error(cause instanceof Error ? `does not answer (${'code' in cause ? String(cause.code) : cause.message})` : message);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCertificateStatus(value: unknown): value is CertificateStatus {
  if (!isRecord(value)) {
    return false;
  }
  const texts = (list: unknown): boolean => Array.isArray(list) && list.every((text) => typeof text === 'string');
  const counts = [value['streams'], value['trustAcknowledged'], value['certificateAcknowledged']];
  return typeof value['issuerId'] === 'string' && texts(value['trustedRoots']) && texts(value['waitingFor']) && counts.every((count) => Number.isSafeInteger(count));
}
