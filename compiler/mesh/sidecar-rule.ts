import type { CompileOptions } from '../options.ts';

/** The label of namespaces that joined, with the mesh's name; and the one of those that are to be left alone all the same. */
export const monitoredBy = 'openservicemesh.io/monitored-by';
export const ignored = 'openservicemesh.io/ignore';
export const injectionAnnotation = 'openservicemesh.io/sidecar-injection';
export const metricsAnnotation = 'openservicemesh.io/metrics';

const enabledWords: ReadonlySet<string> = new Set(['enabled', 'yes', 'true']);
const disabledWords: ReadonlySet<string> = new Set(['disabled', 'no', 'false']);
/** Never meshed, whatever the input says: the cluster's own. */
const systemNamespaces: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

type Words = Readonly<Record<string, string>>;

/** What decides of a namespace. `described` undefined: nothing is known of it but its name. */
export interface NamespaceFacts {
  readonly name: string;
  readonly described: { readonly labels: Words; readonly annotations: Words } | undefined;
}

/** What decides of a pod. */
export interface PodFacts {
  readonly annotations: Words;
  readonly hostNetwork: boolean;
}

/** By what name the mesh goes and where its control plane is. */
export type MeshName = Pick<CompileOptions, 'meshName' | 'meshNamespace'>;

/** What an annotation that turns something on or off says: OSM's words, in any case. Undefined: none of them. */
export function switchWord(value: string): 'enabled' | 'disabled' | undefined {
  const word = value.toLowerCase();
  return enabledWords.has(word) ? 'enabled' : disabledWords.has(word) ? 'disabled' : undefined;
}

/** Never a member of the mesh, whatever its labels. */
export function isOutside(namespace: string, { meshNamespace }: Pick<MeshName, 'meshNamespace'>): boolean {
  return systemNamespaces.has(namespace) || namespace === meshNamespace;
}

/** Why a namespace isn't a member of the mesh, in words; undefined where it is. One of which nothing is known counts as member. */
export function whyNotJoined({ name, described }: NamespaceFacts, mesh: MeshName): string | undefined {
  if (systemNamespaces.has(name)) return `the namespace "${name}" is the cluster's own`;
  if (name === mesh.meshNamespace) return `the namespace "${name}" is the mesh's own`;
  if (described === undefined) return undefined;
  const label = described.labels[monitoredBy];
  if (label === undefined) return `the namespace "${name}" hasn't joined the mesh: it lacks the label ${monitoredBy}=${mesh.meshName}`;
  if (label !== mesh.meshName) return `the namespace "${name}" has joined another mesh: its label ${monitoredBy} is "${label}", not "${mesh.meshName}"`;
  return ignored in described.labels ? `the namespace "${name}" has the label ${ignored}` : undefined;
}

/**
 * Why a pod has no sidecar, in words; undefined where it has one. The one rule, for the injector as for the compiler: pods of
 * namespaces that joined the mesh have a sidecar unless they are on the host's network or injection is disabled, by the pod
 * or, where the pod is silent, by its namespace. A value that is no word of OSM's disables nothing.
 */
export function whyNoSidecar(namespace: NamespaceFacts, pod: PodFacts, mesh: MeshName): string | undefined {
  if (pod.hostNetwork) return "the pod is on its node's network (hostNetwork)";
  const outside = whyNotJoined(namespace, mesh);
  if (outside !== undefined) return outside;
  const own = pod.annotations[injectionAnnotation];
  const choice = own ?? namespace.described?.annotations[injectionAnnotation];
  if (choice === undefined || switchWord(choice) !== 'disabled') return undefined;
  return `the annotation ${injectionAnnotation} of ${own === undefined ? `the namespace "${namespace.name}"` : 'the pod'} is "${choice}"`;
}
