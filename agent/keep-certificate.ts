import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../server/certificates/issuer.ts';
import { errorWords, type Log } from '../server/log.ts';
import { backoff } from '../server/secrets/backoff.ts';
import { renewalTime } from '../server/secrets/renewal-time.ts';
import { tokenFile, trustFile } from '../webhook/sidecar-contract.ts';
import { askIssuer, type IssuerQuestion } from './ask-issuer.ts';
import { readCertificate, readTrustBundle, writeCertificate } from './certificate-folder.ts';
import { makeSigningRequest } from './make-signing-request.ts';

export interface KeeperOptions extends Pick<IssuerQuestion, 'issuer' | 'serverIdentity'> {
  /** Where the certificate is kept. */
  readonly folder: string;
  /** Where the token is, and the first trust bundle unless it is given. */
  readonly credentials: string;
  /** PEM */
  readonly trustBundle: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CertificateKeeper {
  /** Settles when there is a certificate. Never rejects: it's tried for as long as it takes. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** A certificate that ends sooner isn't worth a start. Milliseconds. */
const least = 60_000;

/**
 * Keeps a certificate in a folder: one that lies there from before the container was restarted, if it's good for a while; else a new
 * one, tried for until it's had, and again at about two thirds of each one's life. Each has a key of its own.
 */
export function keepCertificate(options: KeeperOptions): CertificateKeeper {
  const { folder, clock, log } = options;
  const stopping = new AbortController();
  let cancel = (): void => {};
  let failures = 0;
  let settle = (): void => {};
  const ready = new Promise<void>((resolve) => (settle = resolve));

  const renewAt = (at: number): void => {
    if (!stopping.signal.aborted) {
      cancel = clock.at(at, () => void renew());
    }
  };
  const renew = async (): Promise<void> => {
    try {
      const { privateKey, signingRequest } = await makeSigningRequest();
      // kubelet renews the token while the pod lives.
      const token = (await readFile(join(options.credentials, tokenFile), 'utf8')).trim();
      const { certificate, trustBundle, notAfter } = await askIssuer({ ...options, trustBundle: await trustOf(options), token, signingRequest, signal: stopping.signal });
      await writeCertificate(folder, { certificate, privateKey, trustBundle });
      failures = 0;
      log.info({ until: new Date(notAfter).toISOString() }, 'there is a new certificate');
      settle();
      renewAt(renewalTime(clock.now(), notAfter, Math.random));
    } catch (error) {
      if (stopping.signal.aborted) return;
      failures += 1;
      const wait = backoff(failures, Math.random);
      log.error({ error: errorWords(error), attempt: failures, retryIn: wait }, `cannot get a certificate from ${options.issuer.host}:${options.issuer.port}`);
      renewAt(clock.now() + wait);
    }
  };
  const begin = async (): Promise<void> => {
    const held = await readCertificate(folder);
    if (held !== undefined && held.notAfter - clock.now() > least) {
      log.info({ until: new Date(held.notAfter).toISOString() }, 'the certificate from before is still good');
      settle();
      return renewAt(renewalTime(held.notBefore, held.notAfter, Math.random));
    }
    return renew();
  };
  void begin();
  return {
    ready,
    stop() {
      stopping.abort();
      cancel();
    },
  };
}

/** Whom to trust as the server: what it has sent last goes first, since a root may have been rotated out since the pod was made. */
async function trustOf({ folder, trustBundle, credentials }: KeeperOptions): Promise<string> {
  const known = (await readTrustBundle(folder)) ?? trustBundle;
  return known ?? readFile(join(credentials, trustFile), 'utf8');
}
