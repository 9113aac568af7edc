import type { Artifact, ProxyClass, Resource, ResourceType } from './artifact.ts';
import { resourceFiles } from './resource-files.ts';

/** Grows with every change that an older reader would misread. */
export const formatVersion = 1;

/** Type → name → digest. */
export type Digests = Readonly<Partial<Record<ResourceType, Readonly<Record<string, string>>>>>;

/** manifest.json: what an artifact is, without its resources' content. */
export interface Manifest extends Pick<Artifact, 'mesh' | 'inputs' | 'holes'> {
  readonly formatVersion: typeof formatVersion;
  readonly proxies: readonly ManifestProxy[];
  readonly sets: readonly { readonly name: string; readonly resources: Digests }[];
}

export interface ManifestProxy extends Omit<ProxyClass, 'resources'> {
  readonly resources: Digests;
}

/** The manifest of an artifact. */
export function manifestOf(artifact: Artifact): Manifest {
  return {
    formatVersion,
    mesh: { certificateSeconds: artifact.mesh.certificateSeconds, mode: artifact.mesh.mode, name: artifact.mesh.name, trustDomain: artifact.mesh.trustDomain },
    inputs: Object.fromEntries(
      Object.entries(artifact.inputs)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, { digest, objects }]) => [kind, { digest, objects }]),
    ),
    holes: [...artifact.holes].sort(),
    proxies: artifact.classes.map(({ resources, ...proxy }) => ({ ...proxy, resources: digestsOf(resources) })),
    sets: artifact.sets.map(({ name, resources }) => ({ name, resources: digestsOf(resources) })),
  };
}

function digestsOf(resources: readonly Resource[]): Digests {
  const types = resourceFiles.map(({ type }) => type).filter((type) => resources.some((resource) => resource.type === type));
  return Object.fromEntries(
    types.map((type) => {
      const own = resources.filter((resource) => resource.type === type);
      return [type, Object.fromEntries(own.map(({ name, digest }) => [name, digest]))];
    }),
  );
}
