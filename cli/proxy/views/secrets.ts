import { X509Certificate } from 'node:crypto';
import { certificatesOf, type EnvoyDump, type HeldResource, spiffeIdIn } from '../envoy-dump.ts';
import { at } from '../json-at.ts';
import { nameWords, type View, type ViewRow } from './view.ts';

/** A certificate of a secret; never its key. */
export interface SecretRow extends ViewRow {
  readonly name: string;
  readonly state: HeldResource['state'];
  readonly kind: string;
  /** SPIFFE ID, or the subject. */
  readonly subject: string;
  readonly serial: string;
  readonly until: string;
}

export const secretView: View<SecretRow> = {
  columns: ['SECRET', 'KIND', 'SUBJECT', 'SERIAL', 'UNTIL'],
  cells: (row) => [nameWords(row), row.kind, row.subject, row.serial, row.until],
};

/** A row for each certificate: of a chain, the first; of a trust bundle, all. */
export function secretRows({ resources }: EnvoyDump): readonly SecretRow[] {
  return resources
    .filter(({ type }) => type === 'secret')
    .flatMap(({ name, state, message }) => {
      const isOwn = at(message, 'tls_certificate') !== undefined;
      const kind = isOwn ? 'certificate' : at(message, 'validation_context') === undefined ? 'other' : 'trust bundle';
      const pems = certificatesOf(message).match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
      const certificates = (isOwn ? pems.slice(0, 1) : pems).map(describe);
      const empty = { subject: '(empty)', serial: '', until: '' };
      return (certificates.length === 0 ? [empty] : certificates).map((one) => ({ name, state, kind, ...one, sources: accountOf(one.subject) }));
    });
}

function describe(pem: string): { readonly subject: string; readonly serial: string; readonly until: string } {
  try {
    const certificate = new X509Certificate(pem);
    const subject = spiffeIdIn(pem) ?? certificate.subject.split('\n').join(', ');
    return { subject, serial: certificate.serialNumber.toLowerCase(), until: new Date(certificate.validTo).toISOString().replace('.000Z', 'Z') };
  } catch {
    return { subject: '(unreadable)', serial: '', until: '' };
  }
}

/** Who has an identity is a service account. */
function accountOf(subject: string): SecretRow['sources'] {
  const [, namespace, name] = /^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(subject) ?? [];
  return namespace === undefined ? [] : [{ object: `ServiceAccount/${namespace}/${name}` }];
}
