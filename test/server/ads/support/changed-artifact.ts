import type { Artifact, Resource, ResourceType } from '../../../../compiler/artifact/artifact.ts';
import { decodeBundle, encodeBundle } from '../../../../compiler/artifact/bundle.ts';
import type { LoadedArtifact } from '../../../../compiler/artifact/loaded-artifact.ts';
import { createResource } from '../../../../compiler/artifact/resource.ts';
import { createEncoder } from '../../../../compiler/encode/encoder.ts';

/** Changes the message of a resource of one type, by its name. */
export interface Change {
  readonly type: ResourceType;
  readonly name: string;
  readonly message: (message: Readonly<Record<string, unknown>>) => object;
}

/** An artifact as it is loaded: its listeners bind no port, so that any number of Envoys can have them, and with these changes. */
export function loadedArtifact(artifact: Artifact, changes: readonly Change[] = []): LoadedArtifact {
  const encoder = createEncoder();
  const edit = (resource: Resource): Resource => {
    const edits = changes.filter(({ type, name }) => type === resource.type && name === resource.name).map(({ message }) => message);
    const silent = resource.type === 'listener' ? { ...resource.message, bind_to_port: false } : resource.message;
    const message = edits.reduce<object>((before, change) => change({ ...before }), silent);
    return createResource(encoder, resource.type, resource.name, message, resource.sources);
  };
  return decodeBundle(encodeBundle({ ...artifact, classes: artifact.classes.map((one) => ({ ...one, resources: one.resources.map(edit) })) }));
}
