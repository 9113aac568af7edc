import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { names } from '../../webhook/names.ts';
import { installationIn, present } from '../operate/installation.ts';

/**
 * The namespace of an installation that the cluster has elsewhere; undefined where there is none. Roles and webhooks are cluster-wide, so
 * a second one would take them away from the first.
 */
export async function otherInstallation(client: KubeClient, namespace: string): Promise<string | undefined> {
  const binding = await present(client, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', name: names.server });
  const subjects = (binding?.['subjects'] ?? []) as readonly { readonly name: string; readonly namespace?: string }[];
  const bound = subjects.find(({ name }) => name === names.server)?.namespace;
  return bound !== undefined && bound !== namespace && (await installationIn(client, bound)) !== undefined ? bound : undefined;
}
