import { customResourceDefinition } from './custom-resource-definition.ts';
import { customResources } from './custom-resources.ts';
import type { Manifest } from './manifest.ts';
import { access } from './objects/access.ts';
import { autoscaler, disruptionBudgets } from './objects/availability.ts';
import { caInjection, certManagerObjects } from './objects/cert-manager.ts';
import { ownLabels } from './objects/labels.ts';
import { ownNamespace } from './objects/namespace.ts';
import { networkPolicies } from './objects/network-policies.ts';
import { serverDeployment, type Variant, webhookDeployment } from './objects/programs.ts';
import { services } from './objects/services.ts';
import { webhookConfigurations } from './objects/webhook-configurations.ts';
import type { Settings } from './settings.ts';

/** What kind of manifests are wanted. */
export interface ManifestOptions extends Variant {
  /** PEM of the webhook's CA, for the webhook configurations. */
  readonly caBundle?: string;
}

/** The objects of an installation, by when they are applied: what is later needs what is before it. */
export interface Manifests {
  readonly namespace: Manifest;
  readonly definitions: readonly Manifest[];
  readonly parts: readonly Manifest[];
  /** Last: pods wait for the webhook as soon as they are there. */
  readonly webhooks: readonly Manifest[];
}

/**
 * What is installed, but for what is secret (see authority-objects.ts). A function of its arguments: the same objects in the same order,
 * nothing random, no time, so that they can be kept in a repository and compared.
 */
export function manifests(settings: Settings, options: ManifestOptions): Manifests {
  const { highlyAvailable, certManager, caBundle } = options;
  return {
    namespace: ownNamespace(settings),
    definitions: customResources.map((resource) => customResourceDefinition(resource, ownLabels)),
    parts: [
      ...access(settings),
      ...services(settings),
      ...networkPolicies(settings),
      ...disruptionBudgets(settings),
      ...(certManager ? certManagerObjects(settings) : []),
      serverDeployment(settings, options),
      webhookDeployment(settings, options),
      ...(highlyAvailable ? [autoscaler(settings)] : []),
    ],
    webhooks: webhookConfigurations(settings, { ...(caBundle !== undefined && { caBundle }), ...(certManager && { annotations: caInjection(settings) }) }),
  };
}

/** All of them, in the order in which they are applied. */
export function allManifests({ namespace, definitions, parts, webhooks }: Manifests): readonly Manifest[] {
  return [namespace, ...definitions, ...parts, ...webhooks];
}
