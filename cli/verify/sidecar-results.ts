import { resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { ProxyStatus } from '../../server/ads/proxy-status.ts';
import type { StatusDocument } from '../../server/admin/status-document.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { failed, ok, type Result, skipped, warning } from '../checkup/result.ts';
import type { Installation } from '../operate/installation.ts';
import { namespaceFacts, type PodView, whyNone } from '../operate/pod.ts';
import { needNamespace } from '../operate/change-namespace.ts';

/** Whether a pod has its sidecar. */
export async function sidecarResult(client: KubeClient, pod: PodView, installation: Installation): Promise<Result> {
  const check = `${pod.namespace}/${pod.name} has a sidecar`;
  const reason = whyNone(pod, namespaceFacts(await needNamespace(client, pod.namespace)), installation);
  if (pod.sidecar !== undefined) {
    return pod.ready ? ok(check, pod.sidecar.image ?? '') : warning(check, 'pods-not-ready', 'The pod is not ready.');
  }
  if (pod.foreignSidecar) {
    return failed(check, 'pods-without-sidecar', "It has Open Service Mesh's: restart what made it.");
  }
  return failed(check, 'pods-without-sidecar', reason === undefined ? 'It was made before its namespace joined, or while the webhook was away: restart what made it.' : `None: ${reason}.`);
}

/** What the servers know of a pod's sidecar: its certificate and what it has accepted. `complete`: all servers have answered. */
export function syncResults(pod: PodView, statuses: readonly StatusDocument[], complete: boolean): readonly Result[] {
  const name = `${pod.namespace}/${pod.name}`;
  const [check, certificate] = [`the sidecar of ${name} has what the server sends`, `the sidecar of ${name} has a certificate`];
  const found = statuses.flatMap(({ proxies, now }) => proxies.filter(({ node }) => node === name).map((proxy) => ({ proxy, now }))).at(-1);
  if (found === undefined) {
    return [complete ? failed(check, 'not-connected', 'No server has a connection to it.') : skipped(check, 'None of the servers that answer has a connection to it.')];
  }
  const { proxy, now } = found;
  const until = proxy.certificateUntil;
  return [
    until === undefined || until <= now ? failed(certificate, 'certificates', 'There is none that is valid.') : ok(certificate, `until ${new Date(until).toISOString()}`),
    syncResult(check, proxy),
  ];
}

function syncResult(check: string, { types }: ProxyStatus): Result {
  const refused = resourceTypes.filter((type) => types[type].state === 'NACKED');
  if (refused.length > 0) {
    return failed(check, 'refused', ...refused.map((type) => `It has refused ${type}s: ${types[type].reason ?? 'no reason given'}.`));
  }
  const stale = resourceTypes.filter((type) => types[type].state === 'STALE');
  return stale.length > 0 ? warning(check, 'refused', `It has not answered yet for ${stale.join(', ')}.`) : ok(check);
}
