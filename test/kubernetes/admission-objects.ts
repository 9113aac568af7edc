import type { NewObject } from '../../server/kubernetes/client/kube-object.ts';

/** A CustomResourceDefinition that takes whatever stands in an object: here it's the webhook that judges. */
export function definition(group: string, version: string, kind: string, plural: string): NewObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
    },
  };
}

/** The kinds of policy that the tests use: group, version, kind, plural. */
export const policyKinds = [
  ['access.smi-spec.io', 'v1alpha3', 'TrafficTarget', 'traffictargets'],
  ['specs.smi-spec.io', 'v1alpha4', 'HTTPRouteGroup', 'httproutegroups'],
  ['split.smi-spec.io', 'v1alpha2', 'TrafficSplit', 'trafficsplits'],
  ['config.openservicemesh.io', 'v1alpha2', 'MeshConfig', 'meshconfigs'],
  ['policy.openservicemesh.io', 'v1alpha1', 'Egress', 'egresses'],
] as const;

export interface Asked {
  readonly url: string;
  /** PEM */
  readonly caBundle: string;
  readonly failurePolicy?: 'Fail' | 'Ignore';
  readonly timeoutSeconds?: number;
}

const common = ({ url, caBundle, failurePolicy = 'Fail', timeoutSeconds = 10 }: Asked, path: string): object => ({
  admissionReviewVersions: ['v1'],
  clientConfig: { url: `${url}${path}`, caBundle: Buffer.from(caBundle).toString('base64') },
  sideEffects: 'None',
  failurePolicy,
  timeoutSeconds,
});

/** The injector, for namespaces of one mesh. */
export function mutating(name: string, meshName: string, asked: Asked): NewObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'inject.smic.dev',
        ...common(asked, '/mutate'),
        reinvocationPolicy: 'IfNeeded',
        namespaceSelector: { matchLabels: { 'openservicemesh.io/monitored-by': meshName } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
      },
    ],
  };
}

/** The validator, for the kinds of policy. */
export function validating(name: string, asked: Asked): NewObject {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'validate.smic.dev',
        ...common(asked, '/validate'),
        rules: policyKinds.map(([group, version, , plural]) => ({ apiGroups: [group], apiVersions: [version], resources: [plural], operations: ['CREATE', 'UPDATE', 'DELETE'] })),
      },
    ],
  };
}
