import type { Manifest } from '../../install/manifest.ts';
import { allManifests, type ManifestOptions, manifests } from '../../install/manifests.ts';
import { autoscaler } from '../../install/objects/availability.ts';
import { certManagerObjects } from '../../install/objects/cert-manager.ts';
import type { Settings } from '../../install/settings.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { Failure } from '../failure.ts';
import type { Progress } from '../terminal/progress.ts';
import { type ApplyChoice, applyObject, objectName, type Outcome, presentObject } from './apply-object.ts';
import { createFresh, ensureAuthorities } from './ensure-authorities.ts';
import { otherInstallation } from './other-installation.ts';
import { podTroubles } from './pod-troubles.ts';
import { notAvailable, notEstablished, waitFor } from './wait-for.ts';

/** How to install. */
export interface InstallChoice extends ApplyChoice, Omit<ManifestOptions, 'caBundle'> {
  readonly caFolder?: string | undefined;
  /** How long to wait for what was applied to be ready, seconds; 0: not at all. */
  readonly waitSeconds: number;
}

/** Owns how many pods there are, where an autoscaler says it. */
const autoscalerManager = 'smic-autoscaler';

/**
 * Installs or upgrades. Everything is first tried on the API server without storing it, so that a conflict or a missing permission leaves
 * the cluster as it was. `say` is told of every object. Gives how many objects are not as they were.
 */
export async function installMesh(client: KubeClient, settings: Settings, choice: InstallChoice, say: (name: string, outcome: Outcome | 'deleted') => Promise<void>, progress: Progress): Promise<number> {
  const other = await otherInstallation(client, settings.namespace);
  if (other !== undefined) {
    throw new Failure(`smic is installed in ${other} already`, `A cluster has one installation, since its roles and webhooks are cluster-wide. Upgrade it with -n ${other}, or smic uninstall -n ${other} first.`);
  }
  const authorities = await ensureAuthorities(client, settings, choice);
  const { objects, caBundle } = authorities;
  const wanted = manifests(settings, { ...choice, ...(caBundle !== undefined && { caBundle }) });
  const unwanted = await presentOnly(client, obsolete(settings, choice));
  await needKinds(client, choice);
  const trial = new Map<Manifest, Outcome>();
  const ordered = [wanted.namespace, ...wanted.definitions, ...objects, ...wanted.parts, ...wanted.webhooks];
  const namespaceIsThere = await isThere(client, [wanted.namespace, ...wanted.definitions]);
  for (const manifest of ordered) {
    progress.show(`checking ${objectName(manifest)}`);
    // In a namespace that isn't there nothing can be tried, and nothing can be in the way.
    trial.set(manifest, manifest.metadata.namespace === undefined || namespaceIsThere ? await applyObject(client, manifest, { ...choice, dryRun: true }) : 'created');
  }
  progress.clear();

  let changes = 0;
  const apply = async (list: readonly Manifest[]): Promise<void> => {
    for (const manifest of list) {
      const applied = choice.dryRun ? (trial.get(manifest) ?? 'created') : await applyObject(client, manifest, choice);
      const outcome = authorities.fresh.includes(manifest) ? 'created' : applied;
      changes += outcome === 'unchanged' ? 0 : 1;
      await say(objectName(manifest), outcome);
    }
  };
  const waits = choice.waitSeconds > 0 && !choice.dryRun;
  await apply([wanted.namespace, ...wanted.definitions]);
  if (waits) {
    await waitFor(client, wanted.definitions, notEstablished, choice.waitSeconds, progress);
  }
  if (!choice.dryRun) {
    await createFresh(client, authorities);
  }
  if (choice.highlyAvailable && !choice.dryRun) {
    await handReplicasOver(client, wanted.parts);
  }
  await apply([...objects, ...wanted.parts]);
  if (waits) {
    await waitForPods(client, settings, wanted.parts, choice.waitSeconds, progress);
  }
  await apply(wanted.webhooks);
  for (const manifest of unwanted) {
    const { name, namespace = '' } = manifest.metadata;
    if (!choice.dryRun) {
      await client.delete({ apiVersion: manifest.apiVersion, kind: manifest.kind, name, namespace }, { propagation: 'Background' });
    }
    changes += 1;
    await say(objectName(manifest), 'deleted');
  }
  return changes;
}

/** A field that its only owner no longer applies goes back to its default: one pod, until the autoscaler acts. So another owns it first. */
async function handReplicasOver(client: KubeClient, parts: readonly Manifest[]): Promise<void> {
  for (const { apiVersion, kind, metadata: { name, namespace }, spec } of parts) {
    if (kind === 'Deployment' && !('replicas' in (spec as object))) {
      const metadata = { name, ...(namespace !== undefined && { namespace }) };
      const { replicas } = ((await presentObject(client, { apiVersion, kind, metadata }))?.['spec'] ?? {}) as { readonly replicas?: number };
      if (replicas !== undefined) {
        await client.apply({ apiVersion, kind, metadata, spec: { replicas } }, { fieldManager: autoscalerManager, force: true });
      }
    }
  }
}

async function waitForPods(client: KubeClient, settings: Settings, parts: readonly Manifest[], seconds: number, progress: Progress): Promise<void> {
  try {
    await waitFor(client, parts.filter(({ kind }) => kind === 'Deployment'), notAvailable, seconds, progress);
  } catch (error) {
    if (error instanceof Failure) {
      const troubles = await podTroubles(client, settings.namespace).catch(() => []);
      throw new Failure(error.message, error.fix, troubles);
    }
    throw error;
  }
}

/** Whether the first of the objects is there. Rejects with a Failure while any of them is on its way out. */
async function isThere(client: KubeClient, manifests: readonly Manifest[]): Promise<boolean> {
  const present = await Promise.all(manifests.map((manifest) => presentObject(client, manifest)));
  const leaving = manifests.find((_, index) => present[index]?.metadata.deletionTimestamp !== undefined);
  if (leaving !== undefined) {
    throw new Failure(`${objectName(leaving)} is being deleted`, 'Wait until it is gone; what keeps it is in its status.conditions.');
  }
  return present[0] !== undefined;
}

/** cert-manager is the user's to install. */
async function needKinds(client: KubeClient, { certManager }: ManifestOptions): Promise<void> {
  if (certManager && !(await client.find({ apiVersion: 'cert-manager.io/v1', kind: 'Certificate' }))) {
    throw new Failure('the cluster has no cert-manager', 'Install it first, or leave --cert-manager out: smic then keeps a CA for its webhook itself.');
  }
}

/** What another variant of an installation has, and this one hasn't. */
function obsolete(settings: Settings, { highlyAvailable, certManager }: ManifestOptions): readonly Manifest[] {
  return [...(highlyAvailable ? [] : [autoscaler(settings)]), ...(certManager ? [] : certManagerObjects(settings))];
}

async function presentOnly(client: KubeClient, list: readonly Manifest[]): Promise<readonly Manifest[]> {
  const present = await Promise.all(list.map((manifest) => presentObject(client, manifest)));
  return list.filter((_, index) => present[index] !== undefined);
}

/** Every object that an installation of any variant may have, but its namespace and what is secret; the last to be applied first. */
export function everyObject(settings: Settings): readonly Manifest[] {
  const base = allManifests(manifests(settings, { highlyAvailable: true, certManager: true }));
  return [...base].reverse();
}
