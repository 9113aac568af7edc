import type { PodReference } from '../certificates/pod-subject.ts';
import { EnrolmentError } from './enrolment-error.ts';
import type { TokenReviewStatus } from './token-review.ts';

/** Whom a token speaks for: one pod, as its service account. */
export interface TokenHolder extends PodReference {
  readonly serviceAccount: string;
  /** For the log: the token's own id (`JTI=…`) and the pod's node, where the API server knows them. */
  readonly credential: string | undefined;
  readonly node: string | undefined;
}

/** What the API server says of tokens that are bound to a pod. */
const extra = {
  name: 'authentication.kubernetes.io/pod-name',
  uid: 'authentication.kubernetes.io/pod-uid',
  node: 'authentication.kubernetes.io/node-name',
  credential: 'authentication.kubernetes.io/credential-id',
} as const;

/** The holder of a token that the API server has reviewed for `audience`. Throws an EnrolmentError for all but a pod's own token. */
export function tokenHolder(review: TokenReviewStatus, audience: string): TokenHolder {
  // Authenticators that know no audiences answer with none: then the token is one for the API server.
  if (review.authenticated !== true || review.audiences?.includes(audience) !== true) {
    throw new EnrolmentError('invalid-token', `the API server does not accept the token for the audience ${audience}`);
  }
  const [, namespace, serviceAccount] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(review.user?.username ?? '') ?? [];
  const fact = (key: keyof typeof extra): string | undefined => {
    const values = review.user?.extra?.[extra[key]] ?? [];
    return values.length === 1 && values[0] !== '' ? values[0] : undefined;
  };
  const [name, uid] = [fact('name'), fact('uid')];
  if (namespace === undefined || serviceAccount === undefined || name === undefined || uid === undefined) {
    throw new EnrolmentError('unbound-token', 'the token is not bound to a pod: it must come from a projected volume');
  }
  return { namespace, name, uid, serviceAccount, credential: fact('credential'), node: fact('node') };
}

/**
 * Whether a token is worth asking the API server: a JWT that says of itself that it is a pod's, for `audience`, and not expired.
 * Nothing is believed of it. `now`: milliseconds since 1970.
 */
export function looksLikePodToken(token: string, audience: string, now: number): boolean {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  if (token.length > 8192 || rest.length > 0 || [header, payload, signature].some((part) => !/^[A-Za-z0-9_-]+$/.test(part))) {
    return false;
  }
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  } catch {
    return false;
  }
  const { aud, exp, 'kubernetes.io': bound } = (typeof claims === 'object' && claims !== null ? claims : {}) as Readonly<Record<string, unknown>>;
  const isFor = aud === audience || (Array.isArray(aud) && aud.includes(audience));
  const isBound = typeof bound === 'object' && bound !== null && 'pod' in bound;
  return isFor && isBound && typeof exp === 'number' && exp * 1000 > now;
}
