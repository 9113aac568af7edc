import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { version } from '../version.ts';
import { type Category, failed, ok, type Result, warning } from './result.ts';

/** Of Kubernetes, the minor version from which on all works that smic uses, and that with native sidecars. */
const [oldest, native] = [25, 29];

/** What holds of the cluster itself. Its API server has answered by then. */
export async function checkCluster(client: KubeClient): Promise<Category> {
  const answer = JSON.parse(await client.raw({ method: 'GET', path: '/version' })) as Readonly<Partial<Record<'gitVersion' | 'major' | 'minor', string>>>;
  return { title: 'kubernetes', results: [ok('the API server answers', client.access.server), kubernetesVersion(answer), ok(`this command is smic ${version}`)] };
}

function kubernetesVersion({ gitVersion = 'of no known version', major = '', minor = '' }: Readonly<Partial<Record<'gitVersion' | 'major' | 'minor', string>>>): Result {
  const check = `Kubernetes is 1.${oldest} or newer`;
  // Some providers write `29+`.
  const number = Number.parseInt(minor, 10);
  if (major !== '1' || !(number >= oldest)) {
    return failed(check, 'kubernetes-version', `The API server is ${gitVersion}: server-side apply there doesn't judge fields strictly.`);
  }
  return number >= native ? ok(check, gitVersion) : warning(check, 'kubernetes-version', `${gitVersion} has no native sidecars (1.${native}): Jobs with a sidecar don't end.`);
}
