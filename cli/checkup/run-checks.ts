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
import { type Category, failed } from './result.ts';

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
    await checkDefinitions(client),
    await checkControlPlane(client, settings, installation),
    await checkAuthority(client, settings, now),
    await checkWebhooks(client, settings, now),
    await checkPods(client, installation),
  ];
}
