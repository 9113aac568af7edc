import type { LoadedArtifact, LoadedClass, LoadedResource } from '../../compiler/artifact/loaded-artifact.ts';

/** Puts live endpoints where an artifact leaves them open. */
export function endpointFiller(): (artifact: LoadedArtifact, lookup: (cluster: string) => LoadedResource | undefined) => LoadedArtifact {
  // What is the same as the last time is the same list, so that nobody has to compare it.
  const last = new WeakMap<readonly LoadedResource[], readonly LoadedResource[]>();
  const lastClass = new WeakMap<LoadedClass, LoadedClass>();
  return (artifact, lookup) => {
    const fill = (resources: readonly LoadedResource[]): readonly LoadedResource[] => {
      const before = last.get(resources);
      const now = resources.map((resource) => (resource.type === 'endpoint' ? (lookup(resource.name) ?? resource) : resource));
      const filled = before && now.every((resource, index) => resource === before[index]) ? before : now;
      last.set(resources, filled);
      return filled;
    };
    const fillClass = (proxy: LoadedClass): LoadedClass => {
      const resources = fill(proxy.resources);
      const before = lastClass.get(proxy);
      const filled = before?.resources === resources ? before : { ...proxy, resources };
      lastClass.set(proxy, filled);
      return filled;
    };
    return {
      ...artifact,
      classes: artifact.classes.map(fillClass),
      sets: artifact.sets.map((set) => ({ ...set, resources: fill(set.resources) })),
    };
  };
}
