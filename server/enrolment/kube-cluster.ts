import { isNotFound } from '../kubernetes/client/api-error.ts';
import type { KubeClient } from '../kubernetes/client/kube-client.ts';
import type { EnrolmentCluster, PodFacts, TokenReviewStatus } from './token-review.ts';

/** Milliseconds: the sidecar waits. */
const timeout = 8_000;

/** Asks an API server, which must allow `create` of tokenreviews and `get` of pods. */
export function kubeCluster(client: KubeClient): EnrolmentCluster {
  return {
    async reviewToken(token, audience) {
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', metadata: {}, spec: { token, audiences: [audience] } };
      const { status } = await client.create(review, { timeout });
      return (status ?? {}) as TokenReviewStatus;
    },
    async readPod(namespace, name) {
      try {
        return (await client.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }, { timeout })) as PodFacts;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
  };
}
