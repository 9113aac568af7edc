import type { CertificateRequest, Clock, IssuedCertificate, Issuer } from '../certificates/issuer.ts';
import { errorWords, type Log } from '../log.ts';
import { backoff } from '../secrets/backoff.ts';
import { renewalTime } from '../secrets/renewal-time.ts';
import type { TlsCredentials } from './secure-listener.ts';

/** The server's own certificate, renewed for as long as it runs. */
export interface ServerCertificate {
  credentials(): TlsCredentials;
  /** End of its life, milliseconds since 1970. */
  until(): number;
  close(): void;
}

/** Milliseconds between two renewals at least: a CA that is about to expire gives certificates that live no longer. */
const shortest = 1000;

/**
 * Has a certificate issued for the server itself, and again at about two thirds of its lifetime and whenever another CA signs.
 * @param changed called after the certificate or the trust bundle has changed
 */
export async function openServerCertificate(issuer: Issuer, request: CertificateRequest, clock: Clock, log: Log, changed: () => void): Promise<ServerCertificate> {
  let current: IssuedCertificate = await issuer.issue(request);
  let closed = false;
  let issuing = false;
  let failures = 0;
  let cancel = (): void => {};

  const schedule = (at: number): void => {
    cancel();
    cancel = clock.at(at, () => void renew());
  };
  const scheduleRenewal = (): void => {
    const now = clock.now();
    schedule(Math.max(renewalTime(now, current.notAfter, Math.random), now + shortest));
  };
  const renew = async (): Promise<void> => {
    if (closed || issuing) {
      return;
    }
    issuing = true;
    try {
      const fresh = await issuer.issue(request);
      failures = 0;
      if (!closed) {
        current = fresh;
        log.info({ serial: fresh.serial, issuer: fresh.issuerId, until: new Date(fresh.notAfter).toISOString() }, "renewed the server's own certificate");
        changed();
        scheduleRenewal();
      }
    } catch (error) {
      log.error({ error: errorWords(error), until: new Date(current.notAfter).toISOString() }, "cannot renew the server's own certificate");
      if (!closed) {
        failures += 1;
        schedule(clock.now() + backoff(failures, Math.random));
      }
    } finally {
      issuing = false;
    }
    // The CA may have changed in the meantime.
    if (!closed && failures === 0 && current.issuerId !== issuer.issuerId()) {
      await renew();
    }
  };

  scheduleRenewal();
  const unsubscribe = issuer.onChange(() => {
    changed();
    if (current.issuerId !== issuer.issuerId()) {
      void renew();
    }
  });
  return {
    credentials: () => ({ chain: current.chain, privateKey: current.privateKey, trustBundle: issuer.trustBundle() }),
    until: () => current.notAfter,
    close() {
      closed = true;
      cancel();
      unsubscribe();
    },
  };
}
