import { names, paths } from '../../webhook/names.ts';
import { customResources } from '../custom-resources.ts';
import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { unsupportedResources } from '../unsupported-resources.ts';
import { ownLabels } from './labels.ts';

/** Where the API server has the CA of the webhook's certificate from. */
export interface WebhookTrust {
  /** PEM; undefined: another field manager fills it in. */
  readonly caBundle?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const systemNamespaces = ['kube-node-lease', 'kube-public', 'kube-system'];

/**
 * What the API server asks the webhook. Injection: pods that are created in namespaces of the mesh, and of no others, so that a webhook
 * that is away never stops the cluster itself; and containers that pods there are given later. Validation: policy, wherever it is, when
 * it is created, changed or deleted. Advice: what in namespaces of the mesh policy depends on; nothing there is ever refused, nor held up.
 */
export function webhookConfigurations(settings: Settings, trust: WebhookTrust): readonly Manifest[] {
  const { namespace, meshNamespace, meshName } = settings;
  const metadata = { name: names.webhookConfiguration, labels: ownLabels, ...(trust.annotations && { annotations: trust.annotations }) };
  const webhook = (name: string, path: string): object => ({
    name,
    admissionReviewVersions: ['v1'],
    clientConfig: {
      service: { name: names.webhook, namespace, path, port: 443 },
      ...(trust.caBundle !== undefined && { caBundle: Buffer.from(trust.caBundle).toString('base64') }),
    },
    sideEffects: 'None',
    timeoutSeconds: settings.webhookTimeoutSeconds,
  });
  const joined = { key: 'openservicemesh.io/monitored-by', operator: 'In', values: [meshName] };
  const notIgnored = { key: 'openservicemesh.io/ignore', operator: 'DoesNotExist' };
  return [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata,
      webhooks: [
        {
          ...webhook(names.injector, paths.inject),
          failurePolicy: settings.injectionFailurePolicy,
          // A webhook that comes later may add a container: what is injected is looked at again, and not injected twice.
          reinvocationPolicy: 'IfNeeded',
          namespaceSelector: {
            matchExpressions: [
              joined,
              notIgnored,
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: [...new Set([...systemNamespaces, meshNamespace, namespace])].sort() },
            ],
          },
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' },
            // A container that is added to a running pod must not run as the sidecar's user either.
            { apiGroups: [''], apiVersions: ['v1'], resources: ['pods/ephemeralcontainers'], operations: ['UPDATE'], scope: 'Namespaced' },
          ],
        },
      ],
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata,
      webhooks: [
        { ...webhook(names.validator, paths.validate), failurePolicy: settings.validationFailurePolicy, rules: validationRules() },
        {
          ...webhook(names.adviser, paths.validate),
          failurePolicy: 'Ignore',
          timeoutSeconds: adviceSeconds,
          namespaceSelector: { matchExpressions: [joined, notIgnored] },
          rules: adviceRules(),
        },
      ],
    },
  ];
}

/** Advice isn't worth a longer wait. */
const adviceSeconds = 2;

const always = ['CREATE', 'UPDATE', 'DELETE'];

function rule(group: string, apiVersions: readonly string[], resources: readonly string[], operations: readonly string[], scope = 'Namespaced'): object {
  return { apiGroups: [group], apiVersions, resources, operations, scope };
}

function validationRules(): readonly object[] {
  return [
    ...customResources.map(({ group, served, plural }) => rule(group, served, [plural], always)),
    // Taken in silence, they would look as if they worked. Nothing depends on them, so they go without a question.
    ...unsupportedResources.map(({ group, plurals }) => rule(group, ['*'], plurals, ['CREATE', 'UPDATE'])),
  ];
}

/** What people write, not what controllers make of it: of Pods and EndpointSlices there is too much. */
function adviceRules(): readonly object[] {
  return [
    rule('', ['v1'], ['serviceaccounts', 'services'], always),
    rule('', ['v1'], ['namespaces'], always, 'Cluster'),
    rule('apps', ['v1'], ['daemonsets', 'deployments', 'statefulsets'], always),
    rule('batch', ['v1'], ['cronjobs', 'jobs'], always),
  ];
}
