import { ignored, monitoredBy, switchWord } from '../../compiler/mesh/sidecar-rule.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import type { Installation } from '../operate/installation.ts';
import { injectionWord, namespaceFacts, podView, type PodView, whyNone } from '../operate/pod.ts';
import { plural } from '../terminal/plural.ts';
import { type Category, failed, ok, type Result, skipped, warning } from './result.ts';

/** How many are named. */
const named = 10;

/** Whether pods of the mesh have their sidecars. */
export async function checkPods(client: KubeClient, installation: Installation): Promise<Category> {
  const { meshName } = installation;
  const namespaces = (await client.list({ apiVersion: 'v1', kind: 'Namespace' }, { labelSelector: `${monitoredBy}=${meshName},!${ignored}` })).items;
  if (namespaces.length === 0) {
    return { title: 'sidecars', results: [skipped('pods of the mesh have a sidecar', `No namespace is in mesh ${meshName}.`)] };
  }
  const lists = await Promise.all(namespaces.map(async (namespace) => ({ namespace, pods: (await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: namespace.metadata.name })).items.map(podView).filter((pod) => !pod.leaving) })));
  const all = lists.flatMap(({ namespace, pods }) => pods.map((pod) => ({ pod, wanted: whyNone(pod, namespaceFacts(namespace), installation) === undefined })));
  const meshed = all.filter(({ pod }) => pod.sidecar !== undefined).map(({ pod }) => pod);
  return {
    title: 'sidecars',
    results: [
      list('pods that are to have a sidecar have one', all.filter(({ pod, wanted }) => wanted && pod.sidecar === undefined && !pod.foreignSidecar).map(({ pod }) => pod), plural(meshed.length, 'pod'), (pods) =>
        failed('pods that are to have a sidecar have one', 'pods-without-sidecar', `Without: ${pods}.`),
      ),
      list("no pod has Open Service Mesh's sidecar", all.filter(({ pod }) => pod.foreignSidecar).map(({ pod }) => pod), '', (pods) => failed("no pod has Open Service Mesh's sidecar", 'pods-without-sidecar', `With one: ${pods}. Restarted, they get smic's.`)),
      list('pods that are to have none have none', all.filter(({ pod, wanted }) => !wanted && pod.sidecar !== undefined).map(({ pod }) => pod), '', (pods) => warning('pods that are to have none have none', 'pods-without-sidecar', `With a sidecar still: ${pods}.`)),
      list('sidecars are of the same version as the server', meshed.filter(({ sidecar }) => sidecar?.image !== installation.image), '', (pods) => warning('sidecars are of the same version as the server', 'versions', `Of another image: ${pods}.`)),
      list('pods with a sidecar are ready', meshed.filter(({ ready }) => !ready), '', (pods) => warning('pods with a sidecar are ready', 'pods-not-ready', `Not ready: ${pods}.`)),
      annotations(namespaces, all.map(({ pod }) => pod)),
    ],
  };
}

function list(check: string, pods: readonly PodView[], found: string, result: (words: string) => Result): Result {
  const words = [...pods.slice(0, named).map(({ namespace, name }) => `${namespace}/${name}`), ...(pods.length > named ? [`${pods.length - named} more`] : [])].join(', ');
  return pods.length === 0 ? ok(check, ...(found === '' ? [] : [found])) : result(words);
}

/** A word that OSM doesn't know disables nothing here, and the webhook refuses such pods. */
function annotations(namespaces: readonly KubeObject[], pods: readonly PodView[]): Result {
  const check = 'injection annotations say what OSM knows';
  const wrong = [...namespaces, ...pods.map(({ object }) => object)].filter(({ metadata }) => {
    const word = injectionWord(metadata.annotations);
    return word !== undefined && switchWord(word) === undefined;
  });
  const words = wrong.slice(0, named).map(({ kind, metadata: { namespace, name, annotations: own } }) => `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}: ${JSON.stringify(injectionWord(own))}`);
  return wrong.length === 0 ? ok(check) : failed(check, 'injection-annotations', `They are enabled or disabled; not so ${words.join(', ')}.`);
}
