import type { HttpsCredentials } from '../https/https-server.ts';
import type { Address, ServeOptions } from '../serve-options.ts';
import { createEnrolment, type EnrolmentOptions } from './enrolment.ts';
import { startEnrolmentServer } from './enrolment-server.ts';

/** An enrolment that listens. */
export interface OpenEnrolment {
  readonly address: Address;
  /** For new connections from now on. */
  update(credentials: HttpsCredentials): void;
  close(): Promise<void>;
}

/** Milliseconds for what has been asked already. */
const patience = 5_000;

/** Starts to exchange tokens for certificates. Rejects where it can't listen. */
export async function openEnrolment(
  { address, cluster, lifetimeSeconds }: NonNullable<ServeOptions['enrolment']>,
  credentials: HttpsCredentials,
  options: Omit<EnrolmentOptions, 'cluster' | 'lifetimeSeconds'>,
): Promise<OpenEnrolment> {
  const enrolment = createEnrolment({ ...options, cluster, ...(lifetimeSeconds !== undefined && { lifetimeSeconds }) });
  const server = await startEnrolmentServer(address, credentials, enrolment, options.log);
  let closing: Promise<void> | undefined;
  return {
    address: { host: server.host, port: server.port },
    update: server.update,
    close: () => (closing ??= server.close(patience).then(enrolment.close)),
  };
}
