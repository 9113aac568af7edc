import { CertificateError } from '../../server/certificates/certificate-error.ts';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';

/** Runs what works with a CA folder; its reasons become the user's. */
export async function withCaFailures<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof CertificateError) {
      throw new Failure(error.message, error.fix);
    }
    if (isSystemError(error)) {
      throw new Failure(`${error.path ?? 'the CA folder'}: ${systemErrorWords(error)}`);
    }
    throw error;
  }
}
