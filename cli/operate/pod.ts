import { injectionAnnotation, type NamespaceFacts, type PodFacts, whyNoSidecar } from '../../compiler/mesh/sidecar-rule.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { agentCommand, sidecarContainer } from '../../webhook/sidecar-contract.ts';
import type { Installation } from './installation.ts';

interface ContainerView {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
}

interface PodSpecView {
  readonly hostNetwork?: boolean;
  readonly serviceAccountName?: string;
  readonly containers: readonly ContainerView[];
  readonly initContainers?: readonly ContainerView[];
}

/** A pod: what commands look at. */
export interface PodView {
  readonly object: KubeObject;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount: string;
  /** smic's sidecar, not another's of that name. */
  readonly sidecar: ContainerView | undefined;
  /** A container of the sidecar's name that smic didn't make: that of OSM. */
  readonly foreignSidecar: boolean;
  readonly ready: boolean;
  /** It ends or has ended. */
  readonly leaving: boolean;
}

export function podView(object: KubeObject): PodView {
  const { name, namespace = '', labels = {}, deletionTimestamp } = object.metadata;
  const { serviceAccountName = 'default', containers, initContainers = [] } = object['spec'] as PodSpecView;
  const status = (object['status'] ?? {}) as { readonly phase?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  const named = [...containers, ...initContainers].filter((container) => container.name === sidecarContainer);
  const sidecar = named.find(({ command = [] }) => command.join(' ') === agentCommand.join(' '));
  return {
    object,
    namespace,
    name,
    labels,
    serviceAccount: serviceAccountName,
    sidecar,
    foreignSidecar: sidecar === undefined && named.length > 0,
    ready: status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
    leaving: deletionTimestamp !== undefined || status.phase === 'Succeeded' || status.phase === 'Failed',
  };
}

export function namespaceFacts({ metadata: { name, labels = {}, annotations = {} } }: KubeObject): NamespaceFacts {
  return { name, described: { labels, annotations } };
}

function podFacts({ object }: PodView): PodFacts {
  const annotations = object.metadata.annotations ?? {};
  return { annotations, hostNetwork: (object['spec'] as PodSpecView).hostNetwork ?? false };
}

/** Why a pod is to have no sidecar, in words; undefined where it is to have one. The injector's own rule. */
export function whyNone(pod: PodView, namespace: NamespaceFacts, installation: Installation): string | undefined {
  return whyNoSidecar(namespace, podFacts(pod), installation);
}

/** What an injection annotation says where it is no word of OSM's; the injector refuses such pods. */
export function injectionWord(annotations: Readonly<Record<string, string>> | undefined): string | undefined {
  return annotations?.[injectionAnnotation];
}
