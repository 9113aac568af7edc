import type { EnrolmentCluster, PodFacts } from '../../server/enrolment/token-review.ts';

/** A pod that has a token. */
export interface KnownPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly serviceAccount: string;
}

/** A cluster with pods and tokens that tests make up; what a real one says of tokens is tested with a real one. */
export interface KnownPods extends EnrolmentCluster {
  /** A token of a pod, as kubelet would give it one. */
  token(pod: KnownPod, options?: { readonly audience?: string; readonly seconds?: number; readonly bound?: boolean }): string;
  /** What there is of a pod now; undefined: it's gone. */
  set(pod: KnownPod, facts?: PodFacts | undefined): void;
  remove(pod: KnownPod): void;
  /** While it's true, the API server doesn't answer. */
  away: boolean;
  /** How many tokens were reviewed. */
  reviews: number;
}

export function knownPods(): KnownPods {
  const pods = new Map<string, PodFacts>();
  const tokens = new Map<string, { readonly pod: KnownPod; readonly audience: string; readonly until: number; readonly bound: boolean }>();
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const cluster: KnownPods = {
    away: false,
    reviews: 0,
    token(pod, { audience = 'smic', seconds = 600, bound = true } = {}) {
      const until = Date.now() + seconds * 1000;
      const claims = { aud: [audience], exp: Math.floor(until / 1000), 'kubernetes.io': { namespace: pod.namespace, pod: { name: pod.name, uid: pod.uid } } };
      const token = `${encode({ alg: 'none' })}.${encode(claims)}.${encode({ number: tokens.size })}`;
      tokens.set(token, { pod, audience, until, bound });
      return token;
    },
    set: (pod, facts = { metadata: { uid: pod.uid }, spec: { serviceAccountName: pod.serviceAccount }, status: { phase: 'Running' } }) => void pods.set(`${pod.namespace}/${pod.name}`, facts),
    remove: (pod) => void pods.delete(`${pod.namespace}/${pod.name}`),
    async reviewToken(token, audience) {
      cluster.reviews += 1;
      if (cluster.away) throw new Error('the API server does not answer');
      const known = tokens.get(token);
      if (known === undefined || known.audience !== audience || known.until < Date.now()) return { authenticated: false, error: 'invalid bearer token' };
      const { namespace, name, uid, serviceAccount } = known.pod;
      const extra = known.bound ? { 'authentication.kubernetes.io/pod-name': [name], 'authentication.kubernetes.io/pod-uid': [uid] } : {};
      return { authenticated: true, audiences: [audience], user: { username: `system:serviceaccount:${namespace}:${serviceAccount}`, extra } };
    },
    readPod: async (namespace, name) => pods.get(`${namespace}/${name}`),
  };
  return cluster;
}
