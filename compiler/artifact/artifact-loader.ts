import type { Artifact, ProxyClass, Resource } from './artifact.ts';
import type { LoadedArtifact, LoadedClass, LoadedResource } from './loaded-artifact.ts';
import { createSourceLines } from './source-lines.ts';

/**
 * A function that makes of an artifact what is served, as reading its bundle would. What one artifact has in common with
 * one before is the same object in both results: resources, classes and the lists of resources. It holds on to nothing
 * that isn't in use.
 */
export function artifactLoader(): (artifact: Artifact) => LoadedArtifact {
  const resources = new WeakMap<Resource, LoadedResource>();
  const lists = new WeakMap<readonly Resource[], readonly LoadedResource[]>();
  const classes = new WeakMap<ProxyClass, LoadedClass>();
  return (artifact) => {
    const held = [...artifact.classes, ...artifact.sets].map((holder) => holder.resources).filter((list) => !lists.has(list));
    const unknown = new Set(held.flat().filter((resource) => !resources.has(resource)));
    const sourcesOf = createSourceLines(unknown);
    for (const resource of unknown) {
      const { type, name, bytes, digest } = resource;
      resources.set(resource, { type, name, bytes, digest, sources: sourcesOf(resource) });
    }
    for (const list of held) lists.set(list, list.flatMap((resource) => resources.get(resource) ?? []));
    const listOf = (list: readonly Resource[]): readonly LoadedResource[] => lists.get(list) ?? [];
    for (const proxy of artifact.classes) {
      if (!classes.has(proxy)) classes.set(proxy, { ...proxy, resources: listOf(proxy.resources) });
    }
    return {
      mesh: artifact.mesh,
      inputs: artifact.inputs,
      holes: [...artifact.holes].sort(),
      classes: artifact.classes.flatMap((proxy) => classes.get(proxy) ?? []),
      sets: artifact.sets.map(({ name, resources: list }) => ({ name, resources: listOf(list) })),
    };
  };
}
