import type { Artifact, ProxyClass, Resource, SharedSet } from '../../compiler/artifact/artifact.ts';

/** All that a proxy class gets, its shared sets included: by name within a type, as in its own list. */
export function proxyResources(artifact: Artifact, proxy: ProxyClass): readonly Resource[] {
  const sets = proxySets(artifact, proxy);
  return sets.length === 0 ? proxy.resources : [...proxy.resources, ...sets.flatMap((set) => set.resources)].sort(byName);
}

/** The shared sets that a proxy class has. */
export function proxySets(artifact: Artifact, proxy: ProxyClass): readonly SharedSet[] {
  return proxy.sets.length === 0 ? [] : artifact.sets.filter((set) => proxy.sets.includes(set.name));
}

function byName(a: Resource, b: Resource): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
