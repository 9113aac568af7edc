import type { Collector } from '../diagnostics/collector.ts';
import type { Memory } from '../memory.ts';
import type { CompilerOptions } from '../options.ts';
import type { Objects } from '../resources/objects.ts';
import { groupBy } from '../order.ts';
import { reportAt } from './report-at.ts';
import { isOutside, metricsAnnotation, type NamespaceFacts, type PodFacts, switchWord, whyNoSidecar, whyNotJoined } from './sidecar-rule.ts';

/** Which namespaces and which pods take part in the mesh. */
export interface Membership {
  joined(namespace: string): boolean;
  /** By `whyNoSidecar`. */
  hasSidecar(namespace: string, pod: PodFacts): boolean;
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
  const facts = (name: string): NamespaceFacts => ({ name, described: described.get(name) });
  const counts = (namespace: string): boolean => described.has(namespace) || !options.isolate;
  return {
    joined: (namespace) => counts(namespace) && whyNotJoined(facts(namespace), options) === undefined,
    hasSidecar: (namespace, pod) => counts(namespace) && whyNoSidecar(facts(namespace), pod, options) === undefined,
    scraped: (namespace) => switchWord(described.get(namespace)?.annotations[metricsAnnotation] ?? '') === 'enabled',
  };
}

function noteUndescribed(objects: Objects, options: CompilerOptions, collector: Collector): void {
  const described = new Set(objects.namespaces.map((namespace) => namespace.meta.name));
  const users = groupBy([...objects.services, ...objects.podControllers, ...objects.pods], ({ meta }) => meta.namespace);
  for (const [namespace, [user]] of users) {
    if (!user || described.has(namespace) || isOutside(namespace, options)) continue;
    reportAt(collector, options.complete ? 'SMIC5002' : 'SMIC5001', user.meta, ['metadata', 'namespace'], {
      message: `the input has no Namespace object "${namespace}"; it ${options.isolate ? 'counts as no member' : 'counts as a member'} of the mesh "${options.meshName}"`,
    });
  }
}
