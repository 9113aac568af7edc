import type { Resource } from '../../compiler/artifact/artifact.ts';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import type { LoadedArtifact, LoadedResource } from '../../compiler/artifact/loaded-artifact.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { sha256 } from '../../compiler/artifact/sha256.ts';
import { DecodeError } from '../../compiler/decode/decode-error.ts';
import { createDecoder, type Decoder } from '../../compiler/decode/decoder.ts';
import { closureCheck } from '../../compiler/envoy/closure/closure.ts';

/** How many faults are named. */
const named = 3;

/**
 * Checks that each proxy's configuration holds together, as the compiler does it with what it makes: an artifact may come from
 * another version of it, or from somebody else. `passed`: digests of configurations that aren't looked at again; it gives those
 * of this artifact. Throws an ArtifactError.
 */
export function checkArtifact(artifact: LoadedArtifact, passed: ReadonlySet<string>): ReadonlySet<string> {
  const sets = new Map(artifact.sets.map(({ name, resources }) => [name, resources]));
  const proxies = artifact.classes.map((proxy) => {
    const resources = [...proxy.sets.flatMap((name) => sets.get(name) ?? []), ...proxy.resources];
    return { name: `${proxy.namespace}/${proxy.name}`, resources, key: sha256(Buffer.from(JSON.stringify(resources.map(({ type, name, digest }) => [type, name, digest])))) };
  });
  checkProxies(proxies.filter(({ key }) => !passed.has(key)));
  return new Set(proxies.map(({ key }) => key));
}

interface Proxy {
  readonly name: string;
  readonly resources: readonly LoadedResource[];
}

function checkProxies(proxies: readonly Proxy[]): void {
  const decoder = createDecoder();
  const check = closureCheck();
  const known = new Map<string, Resource>();
  const decoded = (resource: LoadedResource): Resource => {
    const key = `${resource.digest} ${resource.type} ${resource.name}`;
    const found = known.get(key) ?? { ...resource, message: messageOf(resource, decoder), sources: [] };
    known.set(key, found);
    return found;
  };
  const faults = new Set<string>();
  for (const { name, resources } of proxies) {
    for (const { resource, message } of check(resources.map(decoded))) {
      faults.add(`${resource.type} "${resource.name}" of ${name}: ${message}`);
    }
  }
  if (faults.size > 0) {
    const more = faults.size > named ? `; and ${faults.size - named} more` : '';
    throw new ArtifactError(`its configuration does not hold together: ${[...faults].slice(0, named).join('; ')}${more}`);
  }
}

function messageOf({ type, name, bytes }: LoadedResource, decoder: Decoder): object {
  try {
    return decoder.decode(messageNames[type], bytes) as object;
  } catch (error) {
    throw error instanceof DecodeError ? new ArtifactError(`${type} "${name}" cannot be read: ${error.message}`) : error;
  }
}
