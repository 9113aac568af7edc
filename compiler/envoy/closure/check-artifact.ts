import type { Artifact, Resource } from '../../artifact/artifact.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import { placed } from '../../load/place.ts';
import { closureCheck } from './closure.ts';

/** Refuses an artifact in which a proxy's configuration doesn't hold together: each fault is an error. */
export function checkArtifact(artifact: Omit<Artifact, 'inputs'>, collector: Collector): void {
  const check = closureCheck();
  const sets = new Map(artifact.sets.map((set) => [set.name, set.resources]));
  const sharedBy = new Map<string, readonly Resource[]>();
  const said = new Set<string>();
  for (const proxy of artifact.classes) {
    const names = proxy.sets.join();
    const shared = sharedBy.get(names) ?? proxy.sets.flatMap((name) => sets.get(name) ?? []);
    sharedBy.set(names, shared);
    for (const { resource, message } of check(proxy.resources, shared)) {
      const text = `${resource.type} "${resource.name}" of proxy ${proxy.namespace}/${proxy.name}: ${message}`;
      if (said.has(text)) continue;
      said.add(text);
      const [source] = resource.sources;
      collector.report('SMIC9001', { message: text, ...(source && placed(source.origin, source.path)) });
    }
  }
}
