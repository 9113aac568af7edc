import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { settingsOf } from '../install/settings-of.ts';
import { installationIn } from '../operate/installation.ts';
import { checkAuthority } from './check-authority.ts';
import { checkBefore } from './check-before.ts';
import { checkCluster } from './check-cluster.ts';
import { checkControlPlane } from './check-control-plane.ts';
import { checkDefinitions } from './check-definitions.ts';
import { checkPods } from './check-pods.ts';
import { checkWebhooks } from './check-webhooks.ts';
import { type Category, failed, skipped } from './result.ts';

/** What must hold before smic can be installed into a namespace. */
export async function runChecksBefore(client: KubeClient, namespace: string): Promise<readonly Category[]> {
  return [await checkCluster(client), await checkBefore(client, settingsOf({ set: [], namespace }))];
}

/** What must hold of the installation in a namespace. */
export async function runChecks(client: KubeClient, namespace: string): Promise<readonly Category[]> {
  const settings = settingsOf({ set: [], namespace });
  const now = Date.now();
  const cluster = await checkCluster(client);
  const installation = await installationIn(client, namespace);
  if (installation === undefined) {
    return [cluster, { title: 'control plane', results: [failed(`smic is installed in ${namespace}`, 'control-plane', 'There is no server. smic check --pre says whether it can be installed; -n names another namespace.')] }];
  }
  return [
    cluster,
    await asFarAsAllowed('policy kinds', () => checkDefinitions(client)),
    await asFarAsAllowed('control plane', () => checkControlPlane(client, settings, installation)),
    await asFarAsAllowed('certificate authority', () => checkAuthority(client, settings, now)),
    await asFarAsAllowed('webhook', () => checkWebhooks(client, settings, now)),
    await asFarAsAllowed('sidecars', () => checkPods(client, installation)),
  ];
}

/** Who may not look at all of it still sees the rest. */
async function asFarAsAllowed(title: string, look: () => Promise<Category>): Promise<Category> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return { title, results: [skipped('it can be looked at', `You may not: ${error.message}.`)] };
    }
    throw error;
  }
}
