import { identityOf, spiffeId } from '../../compiler/mesh/identity.ts';
import { tokenAudience } from '../bootstrap/token-audience.ts';
import { CertificateError } from '../certificates/certificate-error.ts';
import type { Certifier, Clock, PublicKey } from '../certificates/issuer.ts';
import { createLimit } from '../certificates/limit.ts';
import { keyOfSigningRequest } from '../certificates/signing-request.ts';
import { errorWords, type Log } from '../log.ts';
import { boundedWarnings } from '../tls/bounded-warnings.ts';
import { EnrolmentError, type EnrolmentRefusal } from './enrolment-error.ts';
import { looksLikePodToken, type TokenHolder, tokenHolder } from './pod-token.ts';
import { rates } from './rates.ts';
import type { EnrolmentCluster } from './token-review.ts';

export interface EnrolmentOptions {
  readonly certifier: Certifier;
  readonly cluster: EnrolmentCluster;
  readonly trustDomain: string;
  /** Whether there is a configuration for a pod (`<namespace>/<pod>`) of an identity: nobody else gets a certificate. */
  readonly isServed: (identity: string, pod: string) => boolean;
  /** How long certificates live; default an hour. */
  readonly lifetimeSeconds?: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly done?: (outcome: 'issued' | EnrolmentRefusal, seconds: number) => void;
}

/** What a pod is given. */
export interface Enrolled {
  /** PEM: the leaf, then intermediates. */
  readonly certificate: string;
  /** PEM of every root to trust now. */
  readonly trustBundle: string;
  /** Milliseconds since 1970. */
  readonly notAfter: number;
}

export interface Enrolment {
  /** Rejects with an EnrolmentError. `peer`: the client's address. */
  enrol(token: string, signingRequest: string, peer: string): Promise<Enrolled>;
  close(): void;
}

/**
 * A pod's certificate ends this long after it was last seen to be there. Short, because nothing else takes it back; long enough
 * for a server that is away for twenty minutes to be missed by nobody.
 */
const defaultPodCertificateSeconds = 3600;

/** Questions to the API server at once, and how many may wait for their turn. */
const atOnce = 16;
const mostWaiting = 4096;

/**
 * Exchanges a pod's token for a certificate: the token is the pod's own, for this audience (TokenReview), the pod is still there by its
 * UID and isn't ending, the signing request is signed by the key that it holds, and there is a configuration for the pod. Identity
 * and subject come from what the API server says, nothing from what the client says.
 */
export function createEnrolment(options: EnrolmentOptions): Enrolment {
  const { certifier, cluster, trustDomain, isServed, clock, log, lifetimeSeconds = defaultPodCertificateSeconds } = options;
  const warnings = boundedWarnings(log);
  const limited = createLimit(atOnce);
  let waiting = 0;
  /** Of one address: a node that hides its pods behind one address has some hundred of them. */
  const byAddress = rates(500, 20);
  /** Of one pod: a sidecar asks when it starts and twice an hour. */
  const byPod = rates(10, 0.1);

  const exchange = async (token: string, signingRequest: string, peer: string): Promise<Enrolled & { readonly facts: object }> => {
    if (!byAddress.take(peer, performance.now())) {
      throw new EnrolmentError('too-many-requests', 'this address has asked too often');
    }
    // Cheap ways to find out that it's no use, before anything is asked of others.
    if (!looksLikePodToken(token, tokenAudience, clock.now())) {
      throw new EnrolmentError('invalid-token', `this is not a pod's token for the audience ${tokenAudience}, or it has expired`);
    }
    const key = readKey(signingRequest);
    if (waiting >= mostWaiting) {
      throw new EnrolmentError('too-many-requests', 'too many others are waiting');
    }
    waiting += 1;
    const holder = await limited(() => confirmedHolder(cluster, token)).finally(() => (waiting -= 1));
    // Only here it's certain who asks: nobody can use up the budget of another.
    if (!byPod.take(holder.uid, performance.now())) {
      throw new EnrolmentError('too-many-requests', 'this pod has asked too often');
    }
    const { namespace, name, uid, serviceAccount, credential, node } = holder;
    const identity = spiffeId(identityOf(namespace, serviceAccount), trustDomain);
    if (!isServed(identity, `${namespace}/${name}`)) {
      throw new EnrolmentError('not-in-the-mesh', `no proxy class has the identity ${identity} and the pod ${namespace}/${name}`);
    }
    const { chain, notAfter, serial } = await certifier.certify(key, { identity, lifetimeSeconds, pod: { namespace, name, uid } });
    const facts = { pod: `${namespace}/${name}`, uid, identity, serial, until: new Date(notAfter).toISOString(), node, credential };
    return { certificate: chain, trustBundle: certifier.trustBundle(), notAfter, facts };
  };

  return {
    async enrol(token, signingRequest, peer) {
      const start = performance.now();
      const seconds = (): number => (performance.now() - start) / 1000;
      try {
        const { facts, ...enrolled } = await exchange(token, signingRequest, peer);
        options.done?.('issued', seconds());
        log.info({ ...facts, peer }, 'issued a certificate to a pod');
        return enrolled;
      } catch (error) {
        const known = error instanceof EnrolmentError ? error : new EnrolmentError('unavailable', 'no certificate can be issued at this time');
        options.done?.(known.reason, seconds());
        warnings.warn({ reason: known.reason, peer, error: errorWords(error) }, 'refused a certificate to a pod');
        throw known;
      }
    },
    close: () => warnings.close(),
  };
}

function readKey(signingRequest: string): PublicKey {
  try {
    return keyOfSigningRequest(signingRequest);
  } catch (error) {
    throw error instanceof CertificateError ? new EnrolmentError('malformed-request', error.message) : error;
  }
}

/** The pod that a token is of, as there is one by that UID now. */
async function confirmedHolder(cluster: EnrolmentCluster, token: string): Promise<TokenHolder> {
  const holder = tokenHolder(await cluster.reviewToken(token, tokenAudience), tokenAudience);
  const { namespace, name, uid, serviceAccount } = holder;
  const pod = await cluster.readPod(namespace, name);
  if (pod?.metadata?.uid !== uid || pod.spec?.serviceAccountName !== serviceAccount) {
    throw new EnrolmentError('pod-gone', `there is no pod ${namespace}/${name} with the UID ${uid} and the service account ${serviceAccount}`);
  }
  if (pod.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
    throw new EnrolmentError('pod-ending', `the pod ${namespace}/${name} has ended, or is about to`);
  }
  return holder;
}
