/** Where a token is exchanged for a certificate. */
export const enrolmentPath = '/v1/certificates';
