/** A reason, in an operator's words, why a CA can't be used or a certificate not be issued. */
export class CertificateError extends Error {
  /** What the operator can do; empty where there is nothing to say. */
  readonly fix: string;

  constructor(message: string, fix = '') {
    super(message);
    this.name = 'CertificateError';
    this.fix = fix;
  }
}
