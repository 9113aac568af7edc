import { errorWords, type Log } from '../log.ts';
import type { SecretEvents } from '../secrets/secret-events.ts';

/** Writes what happens to certificates into the log. */
export function secretLog(log: Log): SecretEvents {
  return {
    issued: (identity, { serial, issuerId, notAfter }, reason) => log.debug({ identity, reason, serial, issuer: issuerId, until: new Date(notAfter).toISOString() }, 'issued a certificate'),
    failed: (identity, error, attempt, retryIn, until) =>
      log.error({ identity, error: errorWords(error), attempt, retryIn, ...(until !== undefined && { until: new Date(until).toISOString() }) }, 'cannot issue a certificate'),
    changed: (trustBundle, issuer) => log.info({ trustBundle, issuer }, 'the trust bundle or the CA has changed'),
  };
}

/** Tells both. */
export function bothEvents(first: SecretEvents, second: SecretEvents): SecretEvents {
  return {
    issued(...event) {
      first.issued?.(...event);
      second.issued?.(...event);
    },
    failed(...event) {
      first.failed?.(...event);
      second.failed?.(...event);
    },
    changed(...event) {
      first.changed?.(...event);
      second.changed?.(...event);
    },
  };
}
