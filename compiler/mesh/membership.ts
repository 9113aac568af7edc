import type { Collector } from '../diagnostics/collector.ts';
import type { Memory } from '../memory.ts';
import type { CompilerOptions } from '../options.ts';
import type { Meta, Objects } from '../resources/objects.ts';
import { groupBy } from '../order.ts';
import { reportAt } from './report-at.ts';

const monitoredBy = 'openservicemesh.io/monitored-by';
const ignored = 'openservicemesh.io/ignore';
export const injectionAnnotation = 'openservicemesh.io/sidecar-injection';
const metrics = 'openservicemesh.io/metrics';
const enabledWords = new Set(['enabled', 'yes', 'true']);
const disabledWords = new Set(['disabled', 'no', 'false']);
/** Never meshed, whatever the input says: the cluster's own. */
const systemNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease']);

/** Whether a value of the injection annotation is one of OSM's, in any case. */
export function understoodInjection(value: string): boolean {
  return enabledWords.has(value.toLowerCase()) || disabledWords.has(value.toLowerCase());
}

/** Which namespaces and which pods take part in the mesh. */
export interface Membership {
  joined(namespace: string): boolean;
  /** Joined, not on the host's network, injection not disabled by the pod or, where the pod is silent, by its namespace. */
  hasSidecar(namespace: string, pod: { readonly annotations: Meta['annotations']; readonly hostNetwork: boolean }): boolean;
  /** The namespace asks for its sidecars' metrics to be scraped. */
  scraped(namespace: string): boolean;
}

/**
 * Membership by OSM's labels and annotations. A namespace that the input doesn't describe counts as joined, with a note; in
 * a cluster, where broken objects are isolated, it doesn't: every namespace is described there, unless its object is broken.
 */
export function membership(objects: Objects, options: CompilerOptions, memory: Memory): Membership {
  const { namespaces, services, podControllers, pods } = objects;
  memory.keep('undescribed', [namespaces, services, podControllers, pods, options], (parts) => {
    noteUndescribed(objects, options, parts);
  });
  return memory.keep('members', [namespaces, options], () => members(namespaces, options));
}

function members(namespaces: Objects['namespaces'], options: CompilerOptions): Membership {
  const described = new Map(namespaces.map((namespace) => [namespace.meta.name, namespace.meta]));
  const outside = (namespace: string): boolean =>
    systemNamespaces.has(namespace) || namespace === options.meshNamespace;
  const joined = (namespace: string): boolean => {
    if (outside(namespace)) return false;
    const meta = described.get(namespace);
    if (meta === undefined) return !options.isolate;
    return meta.labels[monitoredBy] === options.meshName && !(ignored in meta.labels);
  };
  return {
    joined,
    hasSidecar(namespace, pod) {
      if (!joined(namespace) || pod.hostNetwork) return false;
      const choice = pod.annotations[injectionAnnotation] ?? described.get(namespace)?.annotations[injectionAnnotation];
      return choice === undefined || !disabledWords.has(choice.toLowerCase());
    },
    scraped(namespace) {
      return enabledWords.has(described.get(namespace)?.annotations[metrics]?.toLowerCase() ?? '');
    },
  };
}

function noteUndescribed(objects: Objects, options: CompilerOptions, collector: Collector): void {
  const described = new Set(objects.namespaces.map((namespace) => namespace.meta.name));
  const users = groupBy([...objects.services, ...objects.podControllers, ...objects.pods], ({ meta }) => meta.namespace);
  for (const [namespace, [user]] of users) {
    if (!user || described.has(namespace) || systemNamespaces.has(namespace) || namespace === options.meshNamespace) continue;
    reportAt(collector, options.complete ? 'SMIC5002' : 'SMIC5001', user.meta, ['metadata', 'namespace'], {
      message: `the input has no Namespace object "${namespace}"; it ${options.isolate ? 'counts as no member' : 'counts as a member'} of the mesh "${options.meshName}"`,
    });
  }
}
