import type { Artifact, Resource } from '../../compiler/artifact/artifact.ts';
import { addSizes, countResources, type Sizes } from './count-resources.ts';
import { proxyKey } from './proxy-key.ts';
import { proxySets } from './proxy-resources.ts';

/** What an artifact weighs. */
export interface Measures {
  /** What each proxy class gets, shared sets included: `NAMESPACE/CLASS` → sizes. */
  readonly proxies: ReadonlyMap<string, Sizes>;
  /** Every different resource once. */
  readonly distinct: Sizes;
  /** All proxy classes together, one proxy each. */
  readonly sent: Sizes;
}

/** Measures `artifact`. A shared set is counted once, however many classes have it. */
export function measureArtifact(artifact: Artifact): Measures {
  const sets = new Map(artifact.sets.map((set) => [set.name, countResources(set.resources)]));
  const proxies = new Map(
    artifact.classes.map((proxy) => {
      const shared = proxySets(artifact, proxy).flatMap((set) => sets.get(set.name) ?? []);
      return [proxyKey(proxy), addSizes([countResources(proxy.resources), ...shared])];
    }),
  );
  return { proxies, distinct: countResources(distinctResources(artifact)), sent: addSizes([...proxies.values()]) };
}

function distinctResources(artifact: Artifact): Iterable<Resource> {
  const seen = new Map<string, Resource>();
  for (const { resources } of [...artifact.sets, ...artifact.classes]) {
    for (const resource of resources) {
      seen.set(`${resource.type} ${resource.name} ${resource.digest}`, resource);
    }
  }
  return seen.values();
}
