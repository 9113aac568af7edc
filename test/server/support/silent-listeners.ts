import type { Artifact, Resource } from '../../../compiler/artifact/artifact.ts';
import { sha256 } from '../../../compiler/artifact/sha256.ts';

// bind_to_port (field 26) is {value: false}. In protobuf the last one wins, so this holds whatever stands before it.
const bindsNoPort = Uint8Array.of(0xd2, 0x01, 0x02, 0x08, 0x00);

/** The artifact with listeners that open no port: several Envoys on one machine would take each other's. */
export function silentListeners(artifact: Artifact): Artifact {
  const silent = (resource: Resource): Resource => {
    if (resource.type !== 'listener') {
      return resource;
    }
    const bytes = Buffer.concat([resource.bytes, bindsNoPort]);
    return { ...resource, bytes, digest: sha256(bytes) };
  };
  return {
    ...artifact,
    classes: artifact.classes.map((proxy) => ({ ...proxy, resources: proxy.resources.map(silent) })),
    sets: artifact.sets.map((set) => ({ ...set, resources: set.resources.map(silent) })),
  };
}
