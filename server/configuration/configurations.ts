import { type ResourceType, resourceTypes } from '../../compiler/artifact/artifact.ts';
import type { LoadedArtifact, LoadedClass, LoadedResource } from '../../compiler/artifact/loaded-artifact.ts';
import { sha256 } from '../../compiler/artifact/sha256.ts';
import { trustBundle, workloadCertificate } from '../../compiler/envoy/names.ts';
import { groupBy } from '../../compiler/order.ts';
import { anyMessage, fieldHead } from './any-message.ts';
import type { Configurations, ProxyConfiguration, ServedResource } from './configuration.ts';
import { isPodOfController } from './controller-pods.ts';
import { typeUrl } from './type-url.ts';

/** Secrets that every stream gets of its own. */
const holes: ReadonlySet<string> = new Set([workloadCertificate, trustBundle]);

/**
 * The configurations of all proxy classes of an artifact. Resources that classes share are one object.
 * Pure: the same artifact gives the same versions on every server.
 */
export function configurationsOf(artifact: LoadedArtifact): Configurations {
  const serve = resourceServer();
  const sets = new Map(artifact.sets.map(({ name, resources }) => [name, resources.map(serve)]));
  const classes = artifact.classes.map((proxy): ProxyConfiguration => {
    const resources = [...proxy.sets.flatMap((name) => sets.get(name) ?? []), ...proxy.resources.map(serve)];
    const controllers = proxy.pods.filter((name) => name.includes('/'));
    return {
      key: `${proxy.namespace}/${proxy.name}`,
      identity: proxy.identity,
      pods: new Set(proxy.pods.filter((name) => !name.includes('/')).map((name) => `${proxy.namespace}/${name}`)),
      controllers: controllers.map((name) => `${proxy.namespace}/${name}`),
      resources: byType(resources, artifact.holes.includes('endpoints') ? serve : undefined),
    };
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
    return old.size !== now.size || [...now.values()].some(({ name, version }) => old.get(name)?.version !== version);
  });
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

/** Makes a served resource of a loaded one: of equal ones (the loader gives classes copies) only one, and of equal bytes too. */
function resourceServer(): Serve {
  const loaded = new WeakMap<LoadedResource, ServedResource>();
  const equal = new Map<string, ServedResource>();
  const make = (resource: LoadedResource): ServedResource => {
    const { type, name, digest, sources } = resource;
    const key = JSON.stringify([type, name, digest, sources]);
    const served = equal.get(key) ?? { type, name, version: digest, any: anyMessage(typeUrl(type), resource.bytes), sources };
    equal.set(key, served);
    return served;
  };
  return (resource) => {
    const served = loaded.get(resource) ?? make(resource);
    loaded.set(resource, served);
    return served;
  };
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
  const held = (resources: LoadedClass['resources']): unknown => resources.map(({ type, name, digest }) => [type, name, digest]);
  const content = {
    mesh,
    inputs,
    holes: open,
    classes: classes.map(({ resources, ...proxy }) => [proxy, held(resources)]),
    sets: sets.map(({ name, resources }) => [name, held(resources)]),
  };
  return sha256(Buffer.from(JSON.stringify(content)));
}
