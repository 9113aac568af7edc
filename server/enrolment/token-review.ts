/** What enrolment asks the cluster. Calls reject where the API server doesn't answer or refuses. */
export interface EnrolmentCluster {
  /** `status` of a TokenReview (authentication.k8s.io/v1) of `token` for one audience. */
  reviewToken(token: string, audience: string): Promise<TokenReviewStatus>;
  /** The pod of this name that there is now. */
  readPod(namespace: string, name: string): Promise<PodFacts | undefined>;
}

/** As far as enrolment reads it. */
export interface TokenReviewStatus {
  readonly authenticated?: boolean;
  readonly audiences?: readonly string[];
  readonly error?: string;
  readonly user?: { readonly username?: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
}

/** Of a Pod (v1), as far as enrolment reads it. */
export interface PodFacts {
  readonly metadata?: { readonly uid?: string; readonly deletionTimestamp?: string };
  readonly spec?: { readonly serviceAccountName?: string };
  readonly status?: { readonly phase?: string };
}
