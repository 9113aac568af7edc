import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { LoadedArtifact, LoadedClass, LoadedResource } from '../../compiler/artifact/loaded-artifact.ts';
import { sha256 } from '../../compiler/artifact/sha256.ts';
import { trustBundle, workloadCertificate } from '../../compiler/envoy/names.ts';
import { groupBy } from '../../compiler/order.ts';
import { anyMessage } from './any-message.ts';
import type { Configurations, ProxyConfiguration } from './configuration.ts';
import { isPodOfController } from './controller-pods.ts';
import { fieldHead } from './protobuf-fields.ts';
import { type ServedResource, servedResource } from './served-resource.ts';
import { typeUrl } from './type-url.ts';

/** Secrets that every stream gets of its own. */
const holes: ReadonlySet<string> = new Set([workloadCertificate, trustBundle]);

/** What was made of a class and of the lists of its sets: a compiler that stays gives what stayed as the same objects. */
const made = new WeakMap<LoadedClass, { readonly lists: readonly (readonly LoadedResource[] | undefined)[]; readonly isOpen: boolean; readonly configuration: ProxyConfiguration }>();

/**
 * The configurations of all proxy classes of an artifact. Resources that classes share are one object, and so is what stands in
 * `before` already, down from whole classes: that is neither copied nor compared again.
 * Pure: the same artifact gives the same versions on every server.
 */
export function configurationsOf(artifact: LoadedArtifact, before?: Configurations): Configurations {
  const known = before ? byKey(before) : new Map<string, ProxyConfiguration>();
  const serve = resourceServer([...known.values()]);
  const isOpen = artifact.holes.includes('endpoints');
  const sets = new Map(artifact.sets.map(({ name, resources }) => [name, resources]));
  const servedSets = new Map<string, readonly ServedResource[]>();
  const servedSet = (name: string): readonly ServedResource[] => {
    const resources = servedSets.get(name) ?? (sets.get(name) ?? []).map(serve);
    servedSets.set(name, resources);
    return resources;
  };
  const configurationOf = (proxy: LoadedClass): ProxyConfiguration => {
    const resources = [...proxy.sets.flatMap(servedSet), ...proxy.resources.map(serve)];
    const controllers = proxy.pods.filter((name) => name.includes('/'));
    const key = `${proxy.namespace}/${proxy.name}`;
    return unchanged(known.get(key), {
      key,
      identity: proxy.identity,
      pods: new Set(proxy.pods.filter((name) => !name.includes('/')).map((name) => `${proxy.namespace}/${name}`)),
      controllers: controllers.map((name) => `${proxy.namespace}/${name}`),
      resources: byType(resources, isOpen ? serve : undefined),
    });
  };
  const classes = artifact.classes.map((proxy) => {
    const lists = proxy.sets.map((name) => sets.get(name));
    const last = made.get(proxy);
    if (last && last.isOpen === isOpen && last.lists.every((list, index) => list === lists[index])) {
      return last.configuration;
    }
    const configuration = configurationOf(proxy);
    made.set(proxy, { lists, isOpen, configuration });
    return configuration;
  });
  return { digest: digestOf(artifact), trustDomain: artifact.mesh.trustDomain, certificateSeconds: artifact.mesh.certificateSeconds, byIdentity: groupBy(classes, ({ identity }) => identity) };
}

/**
 * The configuration of a proxy: its identity decides, and where the identity has several classes, the pod that its node id
 * (`<namespace>/<pod>`) names chooses among these, by its name or by that of its controller. Undefined: there is none for it.
 */
export function selectConfiguration(configurations: Configurations, identity: string, nodeId: string): ProxyConfiguration | undefined {
  const classes = configurations.byIdentity.get(identity) ?? [];
  if (classes.length <= 1) {
    return classes[0];
  }
  const named = classes.find(({ pods }) => pods.has(nodeId));
  if (named) {
    return named;
  }
  // The longest name: a pod of Deployment `a-b` may look like one of Deployment `a`.
  const length = (proxy: ProxyConfiguration): number =>
    Math.max(0, ...(proxy.controllers ?? []).filter((name) => isPodOfController(name, nodeId)).map((name) => name.length));
  const lengths = classes.map((proxy) => [proxy, length(proxy)] as const).sort(([, a], [, b]) => b - a);
  const [best, next] = lengths;
  return best && best[1] > (next?.[1] ?? 0) ? best[0] : undefined;
}

/** The types in which two configurations differ: in a name or a version. In sending order. */
export function changedTypes(before: ProxyConfiguration, after: ProxyConfiguration): readonly ResourceType[] {
  return resourceTypes.filter((type) => {
    const [old, now] = [before.resources[type], after.resources[type]];
    return old !== now && (old.size !== now.size || [...now.values()].some(({ name, version }) => old.get(name)?.version !== version));
  });
}

/** `old` where `now` says the same, else `now` with those types of `old` that are the same. */
function unchanged(old: ProxyConfiguration | undefined, now: ProxyConfiguration): ProxyConfiguration {
  if (!old) {
    return now;
  }
  const same = (type: ResourceType): boolean => {
    const [was, is] = [old.resources[type], now.resources[type]];
    return was.size === is.size && [...is].every(([name, resource]) => was.get(name) === resource);
  };
  const kept = resourceTypes.filter(same);
  const facts = ({ identity, pods, controllers }: ProxyConfiguration): string => JSON.stringify([identity, [...pods], controllers]);
  if (kept.length === resourceTypes.length && facts(old) === facts(now)) {
    return old;
  }
  return { ...now, resources: { ...now.resources, ...Object.fromEntries(kept.map((type) => [type, old.resources[type]])) } };
}

/** The classes (`<namespace>/<class>`) that two sets of configurations differ in, with those that only one of them has. Sorted. */
export function changedClasses(before: Configurations, after: Configurations): readonly string[] {
  const [old, now] = [byKey(before), byKey(after)];
  const keys = [...new Set([...old.keys(), ...now.keys()])].sort();
  return keys.filter((key) => {
    const [a, b] = [old.get(key), now.get(key)];
    return !a || !b || a.identity !== b.identity || changedTypes(a, b).length > 0;
  });
}

function byKey({ byIdentity }: Configurations): ReadonlyMap<string, ProxyConfiguration> {
  return new Map([...byIdentity.values()].flat().map((proxy) => [proxy.key, proxy]));
}

type Serve = (resource: LoadedResource) => ServedResource;

/** Makes a served resource of a loaded one: of equal ones (the loader gives classes copies, and `before` has some) only one. */
function resourceServer(before: readonly ProxyConfiguration[]): Serve {
  const loaded = new WeakMap<LoadedResource, ServedResource>();
  /** By type, name and digest: they may come from different places. */
  const equal = new Map<string, ServedResource[]>();
  const alike = (type: ResourceType, name: string, digest: string): ServedResource[] => {
    const key = `${type} ${digest} ${name}`;
    const all = equal.get(key) ?? [];
    equal.set(key, all);
    return all;
  };
  // Only where something is new: where all stayed, nobody has to look through it.
  let isListed = false;
  const listAll = (): void => {
    isListed = true;
    for (const one of new Set(before.flatMap(({ resources }) => resourceTypes.flatMap((type) => [...resources[type].values()])))) {
      alike(one.type, one.name, one.version).push(one);
    }
  };
  const make = ({ type, name, digest, sources, bytes }: LoadedResource): ServedResource => {
    if (!isListed) {
      listAll();
    }
    const all = alike(type, name, digest);
    const known = all.find((one) => sameSources(one.sources, sources));
    const served = known ?? servedResource(type, name, digest, anyMessage(typeUrl(type), bytes), sources);
    if (!known) {
      all.push(served);
    }
    return served;
  };
  return (resource) => {
    const served = loaded.get(resource) ?? make(resource);
    loaded.set(resource, served);
    return served;
  };
}

function sameSources(a: LoadedResource['sources'], b: LoadedResource['sources']): boolean {
  return a.length === b.length && a.every(({ pointer, object, file, line }, index) => {
    const other = b[index];
    return other !== undefined && pointer === other.pointer && object === other.object && file === other.file && line === other.line;
  });
}

/** The last of a name counts: a class's own, which stand behind those of its sets. `fill`: clusters have endpoints only while served. */
function byType(resources: readonly ServedResource[], fill: Serve | undefined): ProxyConfiguration['resources'] {
  const of = (type: ResourceType): Map<string, ServedResource> =>
    new Map(resources.filter((one) => one.type === type && !(type === 'secret' && holes.has(one.name))).map((one) => [one.name, one]));
  const [cluster, endpoint] = [of('cluster'), of('endpoint')];
  if (fill) {
    for (const { name, sources } of cluster.values()) {
      // Empty until something is known: a cluster that gets no answer at all holds up Envoy's start.
      endpoint.set(name, endpoint.get(name) ?? fill(emptyAssignment(name, sources)));
    }
  }
  return { cluster, endpoint, secret: of('secret'), listener: of('listener'), route: of('route') };
}

/** A ClusterLoadAssignment with nothing but its name (field 1). */
function emptyAssignment(name: string, sources: LoadedResource['sources']): LoadedResource {
  const text = Buffer.from(name);
  const bytes = Buffer.concat([fieldHead(1, text.length), text]);
  return { type: 'endpoint', name, bytes, digest: sha256(bytes), sources: sources.filter(({ pointer }) => pointer === '') };
}

/** Names what is served: equal artifacts give equal digests. */
function digestOf({ mesh, inputs, holes: open, classes, sets }: LoadedArtifact): string {
  const content = {
    mesh,
    inputs,
    holes: open,
    classes: classes.map(({ resources, ...proxy }) => [proxy, listDigest(resources)]),
    sets: sets.map(({ name, resources }) => [name, listDigest(resources)]),
  };
  return sha256(Buffer.from(JSON.stringify(content)));
}

const listDigests = new WeakMap<readonly LoadedResource[], string>();

/** Of types, names and digests, in their order. */
function listDigest(resources: readonly LoadedResource[]): string {
  const digest = listDigests.get(resources) ?? sha256(Buffer.from(JSON.stringify(resources.map((resource) => [resource.type, resource.name, resource.digest]))));
  listDigests.set(resources, digest);
  return digest;
}
