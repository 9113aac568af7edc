import { setImmediate } from 'node:timers/promises';
import type { Resource } from '../../compiler/artifact/artifact.ts';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import type { LoadedArtifact, LoadedResource } from '../../compiler/artifact/loaded-artifact.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { sha256 } from '../../compiler/artifact/sha256.ts';
import { DecodeError } from '../../compiler/decode/decode-error.ts';
import { createDecoder, type Decoder } from '../../compiler/decode/decoder.ts';
import { closureCheck } from '../../compiler/envoy/closure/closure.ts';

/** How long the check goes on at a stretch, milliseconds: sidecars are served meanwhile. */
const stretch = 5;
/** How many faults are named. */
const named = 3;

/**
 * A check that each proxy's configuration holds together, as the compiler does it with what it makes: an artifact may come from
 * another version of it, or from somebody else. It rejects with an ArtifactError. What it has passed it doesn't look at again.
 */
export function loadedCheck(): (artifact: LoadedArtifact) => Promise<void> {
  let passed: ReadonlySet<string> = new Set();
  return async (artifact) => {
    const sets = new Map(artifact.sets.map(({ name, resources }) => [name, resources]));
    const proxies = artifact.classes.map((proxy) => {
      const resources = [...proxy.sets.flatMap((name) => sets.get(name) ?? []), ...proxy.resources];
      return { name: `${proxy.namespace}/${proxy.name}`, resources, key: sha256(Buffer.from(JSON.stringify(resources.map(({ type, name, digest }) => [type, name, digest])))) };
    });
    await checkProxies(proxies.filter(({ key }) => !passed.has(key)));
    passed = new Set(proxies.map(({ key }) => key));
  };
}

interface Proxy {
  readonly name: string;
  readonly resources: readonly LoadedResource[];
}

async function checkProxies(proxies: readonly Proxy[]): Promise<void> {
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
  let until = performance.now() + stretch;
  for (const proxy of proxies) {
    const resources: Resource[] = [];
    for (const resource of proxy.resources) {
      resources.push(decoded(resource));
      if (performance.now() > until) {
        await setImmediate();
        until = performance.now() + stretch;
      }
    }
    for (const { resource, message } of check(resources)) {
      faults.add(`${resource.type} "${resource.name}" of ${proxy.name}: ${message}`);
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
