import type { Secret } from './generated/api.ts';
import { trustBundle, workloadCertificate } from './names.ts';

/** The holes that the server fills by who is asking: every proxy has them under the same names. */
export const secrets: readonly Secret[] = [
  { name: trustBundle, validation_context: {} },
  { name: workloadCertificate, tls_certificate: {} },
];
