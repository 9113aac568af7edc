/** Why a token isn't exchanged for a certificate: the label of a metric, so there are few and none holds what a client sent. */
export const enrolmentRefusals = {
  /** No bearer token, no signing request, or one that can't be read. */
  'malformed-request': 400,
  /** It isn't a token of this cluster, is expired, or is for another audience. */
  'invalid-token': 401,
  /** A token of a service account, but not one that kubelet gave a pod. */
  'unbound-token': 403,
  'pod-gone': 403,
  'pod-ending': 403,
  /** The artifact has no proxy class for it. */
  'not-in-the-mesh': 403,
  'too-many-requests': 429,
  /** The API server doesn't answer, or the CA can't sign. */
  unavailable: 503,
} as const;

export type EnrolmentRefusal = keyof typeof enrolmentRefusals;

/** A refusal, in words for the sidecar's log. */
export class EnrolmentError extends Error {
  readonly reason: EnrolmentRefusal;

  constructor(reason: EnrolmentRefusal, message: string) {
    super(message);
    this.name = 'EnrolmentError';
    this.reason = reason;
  }
}
