import type { Collector } from '../diagnostics/collector.ts';
import type { CompileOptions } from '../options.ts';
import type { Meta, Objects } from '../resources/objects.ts';
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

/** Membership by OSM's labels and annotations. A namespace that the input doesn't describe counts as joined, with a note. */
export function membership(objects: Objects, options: CompileOptions, collector: Collector): Membership {
  const described = new Map(objects.namespaces.map((namespace) => [namespace.meta.name, namespace.meta]));
  noteUndescribed(objects, options, described, collector);
  const facts = (name: string): NamespaceFacts => ({ name, described: described.get(name) });
  return {
    joined: (namespace) => whyNotJoined(facts(namespace), options) === undefined,
    hasSidecar: (namespace, pod) => whyNoSidecar(facts(namespace), pod, options) === undefined,
    scraped: (namespace) => switchWord(described.get(namespace)?.annotations[metricsAnnotation] ?? '') === 'enabled',
  };
}

function noteUndescribed(
  objects: Objects,
  options: CompileOptions,
  described: ReadonlyMap<string, Meta>,
  collector: Collector,
): void {
  const users = groupBy([...objects.services, ...objects.podControllers, ...objects.pods], ({ meta }) => meta.namespace);
  for (const [namespace, [user]] of users) {
    if (!user || described.has(namespace) || isOutside(namespace, options)) continue;
    reportAt(collector, options.complete ? 'SMIC5002' : 'SMIC5001', user.meta, ['metadata', 'namespace'], {
      message: `the input has no Namespace object "${namespace}"; it counts as a member of the mesh "${options.meshName}"`,
    });
  }
}
