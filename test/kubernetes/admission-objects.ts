import { webhookConfigurations } from '../../install/objects/webhook-configurations.ts';
import { parseSettings } from '../../install/parse-settings.ts';
import type { NewObject } from '../../server/kubernetes/client/kube-object.ts';
import { names, paths } from '../../webhook/names.ts';

/** The kinds of policy that the tests use: group, version, kind, plural. */
export const policyKinds = [
  ['access.smi-spec.io', 'v1alpha3', 'TrafficTarget', 'traffictargets'],
  ['specs.smi-spec.io', 'v1alpha4', 'HTTPRouteGroup', 'httproutegroups'],
  ['split.smi-spec.io', 'v1alpha2', 'TrafficSplit', 'trafficsplits'],
  ['config.openservicemesh.io', 'v1alpha2', 'MeshConfig', 'meshconfigs'],
  ['policy.openservicemesh.io', 'v1alpha1', 'Egress', 'egresses'],
] as const;

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

export interface Asked {
  /** `https://<host>:<port>` */
  readonly url: string;
  /** PEM */
  readonly caBundle: string;
  readonly failurePolicy?: 'Fail' | 'Ignore';
  readonly timeoutSeconds?: number;
}

/** The injector, as `smic install` registers it, but at an address of this machine. */
export function mutating(asked: Asked): NewObject {
  return registered('MutatingWebhookConfiguration', paths.inject, asked);
}

/** The validator, likewise. */
export function validating(asked: Asked): NewObject {
  return registered('ValidatingWebhookConfiguration', paths.validate, asked);
}

function registered(kind: string, path: string, { url, caBundle, failurePolicy = 'Fail', timeoutSeconds = 10 }: Asked): NewObject {
  const shipped = webhookConfigurations(parseSettings('0.0.0', ['meshNamespace=osm-system']), {}).find((object) => object.kind === kind) as NewObject & { readonly webhooks: readonly { readonly name: string }[] };
  const clientConfig = { url: url + path, caBundle: Buffer.from(caBundle).toString('base64') };
  // Advice never fails, and never waits for long: what is given here isn't for it.
  return { ...shipped, webhooks: shipped.webhooks.map((webhook) => ({ ...webhook, clientConfig, ...(webhook.name !== names.adviser && { failurePolicy, timeoutSeconds }) })) };
}
