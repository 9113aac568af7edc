import type { Resource, ResourceType, SourceEntry } from '../artifact/artifact.ts';
import { createResource } from '../artifact/resource.ts';
import type { Encoder } from '../encode/encoder.ts';
import { groupBy } from '../order.ts';
import type { Mesh } from '../mesh/mesh.ts';
import type { HttpConnectionManagers } from './http-connection-manager.ts';
import { httpConnectionManagers } from './http-connection-manager.ts';
import { type AccessRules, accessRules } from './rbac.ts';
import { type MeshTls, meshTls } from './tls.ts';

/** What all resources of a mesh are made with, and the resources that were made: each once, under its key. */
export interface Parts {
  readonly mesh: Mesh;
  readonly tls: MeshTls;
  readonly managers: HttpConnectionManagers;
  readonly rules: AccessRules;
  /**
   * The resource under this key; `build` is called where there is none yet. Equal keys must mean equal resources.
   */
  resource(type: ResourceType, key: string, build: () => NamedMessage): Resource;
}

export interface NamedMessage {
  readonly name: string;
  readonly message: object;
  readonly sources: readonly SourceEntry[];
}

export function parts(mesh: Mesh, encoder: Encoder): Parts {
  const made = new Map<string, Resource>();
  const targets = groupBy(mesh.targets, (target) => target.destination);
  return {
    mesh,
    tls: meshTls(mesh.settings),
    managers: httpConnectionManagers(mesh.settings),
    rules: accessRules(mesh.settings, (destination) => targets.get(destination) ?? []),
    resource(type, key, build) {
      const id = `${type} ${key}`;
      const known = made.get(id);
      if (known) return known;
      const { name, message, sources } = build();
      const resource = createResource(encoder, type, name, message, sources);
      made.set(id, resource);
      return resource;
    },
  };
}
