import { type HttpsAnswer, type HttpsCall, type HttpsCredentials, type HttpsServer, startHttpsServer } from '../https/https-server.ts';
import type { Log } from '../log.ts';
import type { Address } from '../serve-options.ts';
import type { Enrolment } from './enrolment.ts';
import { EnrolmentError, enrolmentRefusals } from './enrolment-error.ts';
import { enrolmentPath } from './enrolment-path.ts';

/** A signing request with an RSA key of 4096 bits has 1.7 KB. */
const maxBytes = 16_384;

/**
 * Listens for sidecars that have no certificate yet: POST of `{"signingRequest": PEM}` with the pod's token as bearer gives
 * `{"certificate": PEM, "trustBundle": PEM, "notAfter": milliseconds since 1970}`. Rejects where it can't listen.
 */
export async function startEnrolmentServer(address: Address, credentials: HttpsCredentials, enrolment: Enrolment, log: Log): Promise<HttpsServer> {
  return startHttpsServer({
    ...address,
    credentials,
    routes: { [enrolmentPath]: { maxBytes, handle: async (call) => answer(enrolment, call) } },
    maxConnections: 4096,
    maxConnectionsOfAddress: 512,
    log,
  });
}

async function answer(enrolment: Enrolment, { headers, body, peer }: HttpsCall): Promise<HttpsAnswer> {
  try {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) {
      throw new EnrolmentError('invalid-token', "there is no bearer token: it must be the pod's");
    }
    return { status: 200, document: await enrolment.enrol(token, signingRequestOf(body), peer) };
  } catch (error) {
    if (!(error instanceof EnrolmentError)) {
      throw error;
    }
    const { reason, message } = error;
    const status = enrolmentRefusals[reason];
    const headersOf = status === 401 ? { 'www-authenticate': 'Bearer' } : status >= 429 ? { 'retry-after': '5' } : {};
    return { status, document: { reason, message }, headers: headersOf };
  }
}

function signingRequestOf(body: Buffer): string {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw new EnrolmentError('malformed-request', 'the body is not JSON');
  }
  const found = typeof value === 'object' && value !== null && 'signingRequest' in value ? value.signingRequest : undefined;
  if (typeof found !== 'string') {
    throw new EnrolmentError('malformed-request', 'the body has no signingRequest');
  }
  return found;
}
