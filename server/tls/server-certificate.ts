import type { CertificateRequest, Clock, IssuedCertificate, Issuer } from '../certificates/issuer.ts';
import { errorWords, type Log } from '../log.ts';
import type { TlsCredentials } from './secure-listener.ts';

/** The server's own certificate, renewed for as long as it runs. */
export interface ServerCertificate {
  credentials(): TlsCredentials;
  /** End of its life, milliseconds since 1970. */
  until(): number;
  close(): void;
}

/** Milliseconds until another try where no certificate could be had. */
const firstRetry = 1000;
const lastRetry = 60_000;

/**
 * Has a certificate issued for the server itself, and again at about two thirds of its lifetime and whenever another CA signs.
 * @param changed called after the certificate or the trust bundle has changed
 */
export async function openServerCertificate(issuer: Issuer, request: CertificateRequest, clock: Clock, log: Log, changed: () => void): Promise<ServerCertificate> {
  let current: IssuedCertificate = await issuer.issue(request);
  let closed = false;
  let issuing = false;
  let retryIn = firstRetry;
  let cancel = (): void => {};

  const schedule = (at: number): void => {
    cancel();
    cancel = clock.at(at, () => void renew());
  };
  const scheduleRenewal = (): void => {
    const life = current.notAfter - current.notBefore;
    // Replicas that were started together shouldn't renew together.
    schedule(current.notBefore + life * (0.62 + 0.08 * Math.random()));
  };
  const renew = async (): Promise<void> => {
    if (closed || issuing) {
      return;
    }
    issuing = true;
    try {
      const fresh = await issuer.issue(request);
      retryIn = firstRetry;
      if (!closed) {
        current = fresh;
        log.info({ serial: fresh.serial, issuer: fresh.issuerId, until: new Date(fresh.notAfter).toISOString() }, "renewed the server's own certificate");
        changed();
        scheduleRenewal();
      }
    } catch (error) {
      log.error({ error: errorWords(error), until: new Date(current.notAfter).toISOString() }, "cannot renew the server's own certificate");
      if (!closed) {
        schedule(clock.now() + retryIn);
        retryIn = Math.min(2 * retryIn, lastRetry);
      }
    } finally {
      issuing = false;
    }
    // The CA may have changed in the meantime.
    if (!closed && retryIn === firstRetry && current.issuerId !== issuer.issuerId()) {
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
