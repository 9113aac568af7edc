import { type Manifest } from '../../install/manifest.ts';
import { allManifests, manifests } from '../../install/manifests.ts';
import type { Settings } from '../../install/settings.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { otherInstallation } from '../install/other-installation.ts';
import { present } from '../operate/installation.ts';
import { plural } from '../terminal/plural.ts';
import { type Access, accessWords, deniedOf } from './access-reviews.ts';
import { type Category, failed, ok, type Result, skipped, warning } from './result.ts';

/** Whether smic can be installed: what is asked before. */
export async function checkBefore(client: KubeClient, settings: Settings): Promise<Category> {
  return { title: 'before installing', results: [await permissions(client, settings), await notInstalled(client, settings), await noOther(client, settings), await noOtherMesh(client)] };
}

async function permissions(client: KubeClient, settings: Settings): Promise<Result> {
  const check = 'you may create what an installation consists of';
  const accesses = await needed(client, allManifests(manifests(settings, { highlyAvailable: false, certManager: false })), settings.namespace);
  const denied = await deniedOf(client, accesses);
  if (denied === undefined) {
    return skipped(check, 'The API server does not say what you may do.');
  }
  return denied.length === 0 ? ok(check, plural(accesses.length, 'kind of object', 'kinds of object')) : failed(check, 'permissions', `You may not ${denied.map(accessWords).join(', ')}.`);
}

/** Apply creates and patches. What the cluster has no kind for yet comes with the installation. */
async function needed(client: KubeClient, list: readonly Manifest[], namespace: string): Promise<readonly Access[]> {
  const accesses = new Map<string, Access>();
  const secret: Manifest = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'any', namespace } };
  for (const manifest of [...list, secret]) {
    const resource = await client.find(manifest);
    for (const verb of resource === undefined ? [] : ['create', 'patch']) {
      const access = { verb, group: groupOf(manifest.apiVersion), resource: resource?.plural ?? '', ...(manifest.metadata.namespace !== undefined && { namespace: manifest.metadata.namespace }) };
      accesses.set(accessWords(access), access);
    }
  }
  return [...accesses.values()];
}

async function notInstalled(client: KubeClient, { namespace }: Settings): Promise<Result> {
  const check = `the namespace ${namespace} is free, or smic's`;
  const found = await present(client, { apiVersion: 'v1', kind: 'Namespace', name: namespace });
  const labels = found?.metadata.labels ?? {};
  return found === undefined || labels['app.kubernetes.io/name'] === 'smic'
    ? ok(check, found === undefined ? 'It will be made.' : 'smic is installed there: smic install upgrades it.')
    : warning(check, 'namespace', `There is a namespace ${namespace} that smic hasn't made; it would get labels, also such that keep pods with privileges out of it.`);
}

/** What an installation has cluster-wide can't be shared. */
async function noOther(client: KubeClient, { namespace }: Settings): Promise<Result> {
  const check = 'smic is installed in no other namespace';
  try {
    const other = await otherInstallation(client, namespace);
    return other === undefined ? ok(check) : failed(check, 'namespace', `It is in ${other}: a cluster has one installation.`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return skipped(check, `You may not ask: ${error.message}.`);
    }
    throw error;
  }
}

/** OSM's controller would configure the same pods. */
async function noOtherMesh(client: KubeClient): Promise<Result> {
  const check = 'Open Service Mesh is not running';
  const { items } = await client.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { labelSelector: 'app=osm-controller' });
  return items.length === 0
    ? ok(check)
    : warning(check, 'open-service-mesh', `Its controller runs in ${items.map(({ metadata }) => metadata.namespace).join(', ')}: two meshes of one name would both answer for the same namespaces.`);
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
