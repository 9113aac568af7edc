import { access } from '../../install/objects/access.ts';
import type { Settings } from '../../install/settings.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { names } from '../../webhook/names.ts';
import { podTroubles } from '../install/pod-troubles.ts';
import { notAvailable } from '../install/wait-for.ts';
import { type Installation, present } from '../operate/installation.ts';
import { version } from '../version.ts';
import { type Access, accessWords, deniedOf } from './access-reviews.ts';
import { type Category, failed, ok, type Result, skipped, warning } from './result.ts';

/** Whether what is installed runs, and may do what it must. */
export async function checkControlPlane(client: KubeClient, settings: Settings, installation: Installation): Promise<Category> {
  return {
    title: 'control plane',
    results: [
      await deployment(client, settings, names.server),
      await deployment(client, settings, names.webhook),
      sameVersion(installation),
      await rights(client, settings, names.server),
      await rights(client, settings, names.webhook),
    ],
  };
}

async function deployment(client: KubeClient, { namespace }: Settings, name: string): Promise<Result> {
  const check = `deployment ${name} is available`;
  const object = await present(client, { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name });
  if (object === undefined) {
    return failed(check, 'control-plane', `There is no deployment ${name} in ${namespace}.`);
  }
  const missing = notAvailable(object);
  if (missing === undefined) {
    return ok(check);
  }
  const troubles = await podTroubles(client, namespace).catch(() => []);
  return failed(check, 'control-plane', missing, ...troubles.filter((words) => words.startsWith(`pod ${name}-`)));
}

function sameVersion({ image }: Installation): Result {
  const check = 'the cluster runs the version of this command';
  return image.endsWith(`:${version}`) ? ok(check, image) : warning(check, 'versions', `The server's image is ${image}, this is smic ${version}.`);
}

/** What the roles of manifests/ say, asked of the API server: somebody may have taken it away, or bound it to somebody else. */
async function rights(client: KubeClient, settings: Settings, account: string): Promise<Result> {
  const check = `service account ${account} may do what it must`;
  const denied = await deniedOf(client, rulesOf(settings, account), `system:serviceaccount:${settings.namespace}:${account}`);
  if (denied === undefined) {
    return skipped(check, 'You may not ask what others may do (create subjectaccessreviews).');
  }
  return denied.length === 0 ? ok(check) : failed(check, 'permissions', `It may not ${denied.map(accessWords).join(', ')}.`);
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

function rulesOf(settings: Settings, account: string): readonly Access[] {
  const roles = access(settings).filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === account);
  const rules = roles.flatMap((role) => role['rules'] as readonly Rule[]);
  return rules.flatMap(({ apiGroups, resources, verbs }) => apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => ({ verb, group, resource })))));
}
