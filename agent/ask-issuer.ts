import { request } from 'node:https';
import type { PeerCertificate } from 'node:tls';
import { enrolmentPath } from '../server/enrolment/enrolment-path.ts';
import type { Address } from '../server/serve-options.ts';

/** What the server gives for a token and a signing request. */
export interface Issued {
  /** PEM: the leaf, then intermediates. */
  readonly certificate: string;
  /** PEM of every root to trust now. */
  readonly trustBundle: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

export interface IssuerQuestion {
  readonly issuer: Address;
  /** SPIFFE ID that the server's certificate must have: that of any other workload of the mesh isn't enough. */
  readonly serverIdentity: string;
  /** PEM of whom to trust. */
  readonly trustBundle: string;
  readonly token: string;
  /** PEM */
  readonly signingRequest: string;
  readonly signal?: AbortSignal;
}

/** Milliseconds: after a restart of the server all sidecars come at once. */
const patience = 20_000;
/** An answer is a chain and some roots. */
const mostBytes = 1_048_576;

/** Exchanges the pod's token for a certificate. Nothing is sent before the server has shown who it is. Rejects with words for the log. */
export async function askIssuer({ issuer, serverIdentity, trustBundle, token, signingRequest, signal }: IssuerQuestion): Promise<Issued> {
  const body = JSON.stringify({ signingRequest });
  const text = await new Promise<string>((resolve, reject) => {
    const sent = request(
      {
        host: issuer.host,
        port: issuer.port,
        path: enrolmentPath,
        method: 'POST',
        agent: false,
        ca: trustBundle,
        minVersion: 'TLSv1.2',
        // Its name may be any: who it is stands in its URI.
        checkServerIdentity: (_host, certificate) => identityFault(certificate, serverIdentity),
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        signal: AbortSignal.any([AbortSignal.timeout(patience), ...(signal ? [signal] : [])]),
      },
      (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > mostBytes) response.destroy(new Error('its answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(answer);
          else reject(new Error(`it refuses (${response.statusCode}): ${wordsOf(answer)}`));
        });
      },
    );
    sent.on('error', (error) => reject(error.name === 'TimeoutError' || error.name === 'AbortError' ? new Error('it does not answer') : error));
    sent.end(body);
  });
  const answer: unknown = parse(text);
  if (!isIssued(answer)) {
    throw new Error('its answer is not a certificate');
  }
  return answer;
}

/** Why a verified certificate isn't the server's. */
function identityFault({ subjectaltname = '' }: PeerCertificate, identity: string): Error | undefined {
  // Node quotes names that hold a comma, so that none can pass for two.
  const uris = subjectaltname.split(', ').filter((name) => name.startsWith('URI:'));
  return uris.length === 1 && uris[0] === `URI:${identity}` ? undefined : new Error(`it is not ${identity}: its certificate is of ${uris.join(', ') || 'somebody without a SPIFFE ID'}`);
}

function wordsOf(answer: string): string {
  const value: unknown = parse(answer);
  const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : undefined;
  return typeof message === 'string' ? message : answer.slice(0, 200);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isIssued(value: unknown): value is Issued {
  const { certificate, trustBundle, notAfter } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  return [certificate, trustBundle].every((pem) => typeof pem === 'string' && pem.startsWith('-----BEGIN CERTIFICATE-----')) && typeof notAfter === 'number';
}
