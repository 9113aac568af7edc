import { names } from '../../webhook/names.ts';
import type { Manifest } from '../../install/manifest.ts';
import type { Settings } from '../../install/settings.ts';
import { isNotFound } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { customResources } from '../../install/custom-resources.ts';
import { presentObject } from './apply-object.ts';
import { everyObject } from './install-mesh.ts';

/** What an uninstallation takes away. */
export interface Removal {
  /** In the order in which they are deleted. */
  readonly objects: readonly Manifest[];
  /** How many objects of users the deletion of the CRDs would delete with them. */
  readonly policies: number;
}

/**
 * Finds what is installed: the webhooks first, so that nothing waits for a webhook that is gone. Without `all` the namespace with the
 * mesh's CA and the CRDs with all policy stay, and another installation goes on from there.
 */
export async function findRemoval(client: KubeClient, settings: Settings, all: boolean): Promise<Removal> {
  const secret = (name: string): Manifest => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: settings.namespace } });
  const kept = (kind: string): boolean => kind === 'CustomResourceDefinition' || kind === 'Namespace';
  const objects: Manifest[] = [];
  for (const manifest of [...everyObject(settings).filter(({ kind }) => all || !kept(kind)), ...(all ? [] : [secret(names.webhookAuthority)])]) {
    if ((await presentObject(client, manifest)) !== undefined) {
      objects.push(manifest);
    }
  }
  return { objects, policies: all ? await countPolicies(client) : 0 };
}

/** Deletes it; what is gone meanwhile is fine. */
export async function remove(client: KubeClient, { objects }: Removal, say: (manifest: Manifest) => Promise<void>): Promise<void> {
  for (const manifest of objects) {
    const { apiVersion, kind, metadata } = manifest;
    try {
      await client.delete({ apiVersion, kind, name: metadata.name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) }, { propagation: 'Background' });
    } catch (error) {
      if (!isNotFound(error)) {
        throw error;
      }
    }
    await say(manifest);
  }
}

async function countPolicies(client: KubeClient): Promise<number> {
  let count = 0;
  for (const { group, kind, served } of customResources) {
    try {
      count += (await client.list({ apiVersion: `${group}/${served[0]}`, kind })).items.length;
    } catch (error) {
      if (!isNotFound(error)) {
        throw error;
      }
    }
  }
  return count;
}
