/** Names that the manifests give to what runs in a cluster, and by which commands find it. Namespaces are settings. */
export const names = {
  /** Namespace where none is given. */
  namespace: 'smic-system',
  /** Deployment, Service and ServiceAccount of `smic serve --live`. */
  server: 'smic',
  /** Deployment, Service and ServiceAccount of `smic webhook`. */
  webhook: 'smic-webhook',
  /** Secret: the mesh's CA, as `smic ca init` makes its folder; mounted into the server alone. */
  meshAuthority: 'smic-ca',
  /** Secret: the CA of the webhook's own certificate, in the same form; another one, so that the webhook can't be anybody in the mesh. */
  webhookAuthority: 'smic-webhook-ca',
  /** ConfigMap: `ca.crt`, the PEM of the mesh's roots, which sidecars trust at first. */
  trustBundle: 'smic-trust-bundle',
  /** Secret of cert-manager's: the webhook's certificate. */
  webhookCertificate: 'smic-webhook-certificate',
  /** MutatingWebhookConfiguration and ValidatingWebhookConfiguration. */
  webhookConfiguration: 'smic-webhook',
  /** The webhooks in them: pods are injected, policy is judged, and of Kubernetes' own kinds it is said what they mean for policy. */
  injector: 'inject.smic.dev',
  validator: 'validate.smic.dev',
  adviser: 'advise.smic.dev',
} as const;

/** Ports that the containers listen on. */
export const ports = {
  /** Of the server: pods' tokens are exchanged for certificates. */
  enrolment: 15_129,
  /** The webhook, by TLS: `/mutate`, `/validate`, `/healthz`. */
  webhook: 9443,
  /** The webhook's metrics, health and readiness, without TLS. */
  webhookAdmin: 9091,
} as const;

/** Paths of the webhook. */
export const paths = { inject: '/mutate', validate: '/validate' } as const;
