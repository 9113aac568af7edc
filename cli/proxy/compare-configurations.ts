import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { Difference } from '../check/find-drift.ts';
import type { EnvoyDump } from './envoy-dump.ts';
import { textAt } from './json-at.ts';
import { normalTexts } from './normal-form.ts';
import { secretReferences } from './secret-names.ts';
import type { ServedConfiguration } from './served-configuration.ts';

/** What two configurations differ in: `before` is what Envoy holds, `after` what smic serves. */
export interface Comparison {
  /** By type, then name; the path is `<type>s/<name>`. */
  readonly differences: readonly Difference[];
  /** How many resources are the same in both. */
  readonly equal: Readonly<Record<ResourceType, number>>;
}

interface Plain {
  readonly type: ResourceType;
  readonly name: string;
  readonly message: unknown;
}

/**
 * Compares what Envoy uses with what it is served. What each sidecar has of its own (certificates), versions, times, Envoy's
 * defaults for endpoints and the order of resources don't count; nor does what stands in the bootstrap.
 */
export function compareConfigurations(dump: EnvoyDump, served: ServedConfiguration, types: readonly ResourceType[] = resourceTypes): Comparison {
  const wanted = types.filter((type) => type !== 'endpoint' || !served.endpointsOpen);
  const used = dump.resources.filter(({ state }) => state === 'active');
  const texts = textsByType();
  const held = texts(withKnownEndpoints(used));
  const offered = texts([...withKnownEndpoints(served.resources), ...secretsOf(served)]);
  const differences: Difference[] = [];
  const equal = { cluster: 0, endpoint: 0, secret: 0, listener: 0, route: 0 };
  for (const type of wanted) {
    const [before, after] = [held(type), offered(type)];
    for (const name of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const [old, now] = [before.get(name), after.get(name)];
      if (old === now) {
        equal[type] += 1;
      } else {
        differences.push({ path: `${type}s/${name}`, kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed', before: old ?? '', after: now ?? '' });
      }
    }
  }
  return { differences, equal };
}

function textsByType(): (resources: readonly Plain[]) => (type: ResourceType) => ReadonlyMap<string, string> {
  const text = normalTexts();
  return (resources) => (type) => new Map(resources.filter((resource) => resource.type === type).map(({ name, message }) => [name, text(type, message)]));
}

/** Envoy asks for the endpoints of such clusters only; it shows those of all. */
function withKnownEndpoints(resources: readonly Plain[]): readonly Plain[] {
  const clusters = new Set(resources.filter(({ type, message }) => type === 'cluster' && textAt(message, 'type') === 'EDS').map(({ name }) => name));
  return resources.filter(({ type, name }) => type !== 'endpoint' || clusters.has(name));
}

/** The secrets that the configuration asks for: the server makes them for each sidecar. */
function secretsOf({ resources }: ServedConfiguration): readonly Plain[] {
  const references = new Map(resources.flatMap(({ message }) => [...secretReferences(message)]).map(({ name, kind }) => [name, kind]));
  return [...references].map(([name, kind]) => ({ type: 'secret', name, message: { name, [kind]: {} } }));
}
