import { artifactLoader } from '../../compiler/artifact/artifact-loader.ts';
import type { Artifact, Resource } from '../../compiler/artifact/artifact.ts';
import type { LoadedResource } from '../../compiler/artifact/loaded-artifact.ts';
import { createResource } from '../../compiler/artifact/resource.ts';
import { createCompiler, type KubernetesObject } from '../../compiler/create-compiler.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import type { ClusterLoadAssignment } from '../../compiler/envoy/generated/api.ts';
import { type CompileOptions, defaultOptions } from '../../compiler/options.ts';
import type { KubeObject } from './client/kube-object.ts';
import type { ObjectChange } from './reflector.ts';

/** The addresses behind every port of every Service of the mesh, by the compiler's own rules. */
export interface LiveEndpoints {
  take(changes: readonly ObjectChange[]): void;
  /** Works out what the changes come to. Throws for faults of smic's own. */
  compile(): void;
  /** The ClusterLoadAssignment of an upstream cluster, by its name; undefined where the cluster has no such Service port. Equal ones are the same object. */
  lookup(cluster: string): LoadedResource | undefined;
}

/** Kinds that say what answers where; policy is the artifact's matter. */
export const endpointKinds: ReadonlySet<string> = new Set(['Namespace', 'Service', 'Pod', 'EndpointSlice']);

/**
 * Compiles a mesh in which everybody may call everybody, for the sake of its endpoints: so that what counts as an endpoint is what the
 * compiler says. Whom a client may call stands in its clusters, and comes from the artifact.
 */
export function createLiveEndpoints(options: Partial<CompileOptions>): LiveEndpoints {
  const { meshNamespace } = { ...defaultOptions, ...options };
  const compiler = createCompiler({ ...options, endpoints: 'snapshot', complete: true, allowEmpty: true, isolate: true });
  compiler.set(permissive(meshNamespace));
  const load = artifactLoader();
  const encoder = createEncoder();
  /** By `<namespace>/<address>`. */
  const pods = new Map<string, KubeObject>();
  let whole: ReadonlyMap<string, { readonly loaded: LoadedResource; readonly resource: Resource }> = new Map();
  let parts = new Map<string, LoadedResource>();

  return {
    take(changes) {
      for (const { before, after } of changes) {
        for (const address of addressesOf(before)) {
          // Another pod may have the address by now.
          if (pods.get(address)?.metadata.uid === before?.metadata.uid) {
            pods.delete(address);
          }
        }
        if (after) {
          addressesOf(after).forEach((address) => pods.set(address, after));
          compiler.set(after as KubernetesObject);
        } else if (before) {
          compiler.delete(before as KubernetesObject);
        }
      }
    },
    compile() {
      const { artifact } = compiler.compile();
      if (artifact) {
        whole = endpointsOf(artifact, load(artifact).sets.flatMap(({ resources }) => resources));
        const before = parts;
        parts = new Map();
        for (const [name, old] of before) {
          const now = part(name);
          if (now) {
            parts.set(name, now.digest === old.digest ? old : now);
          }
        }
      }
    },
    lookup(cluster) {
      const found = whole.get(cluster)?.loaded ?? parts.get(cluster) ?? part(cluster);
      if (found && cluster.includes('~')) {
        parts.set(cluster, found);
      }
      return found;
    },
  };

  /** Of `<namespace>/<service>|<port>~<account>+<account>`, the endpoints of those accounts. */
  function part(name: string): LoadedResource | undefined {
    const [all = '', suffix] = name.split('~');
    const found = whole.get(all);
    if (suffix === undefined || !found) {
      return undefined;
    }
    const wanted = new Set(suffix.split('+'));
    const namespace = all.slice(0, all.indexOf('/'));
    const message = found.resource.message as ClusterLoadAssignment;
    const chosen = (message.endpoints ?? []).flatMap(({ lb_endpoints: own = [] }) => own).filter(({ endpoint }) => wanted.has(accountOf(pods.get(`${namespace}/${endpoint?.address?.socket_address?.address}`))));
    const { bytes, digest } = createResource(encoder, 'endpoint', name, { cluster_name: name, ...(chosen.length > 0 && { endpoints: [{ lb_endpoints: chosen }] }) }, []);
    return { type: 'endpoint', name, bytes, digest, sources: found.loaded.sources };
  }
}

function endpointsOf(artifact: Artifact, loaded: readonly LoadedResource[]): ReadonlyMap<string, { readonly loaded: LoadedResource; readonly resource: Resource }> {
  const resources = artifact.sets.flatMap((set) => set.resources);
  return new Map(
    resources.flatMap((resource, index) => {
      const one = loaded[index];
      return resource.type === 'endpoint' && one ? [[resource.name, { loaded: one, resource }] as const] : [];
    }),
  );
}

function permissive(meshNamespace: string): KubernetesObject {
  const config: KubeObject = {
    apiVersion: 'config.openservicemesh.io/v1alpha2',
    kind: 'MeshConfig',
    metadata: { namespace: meshNamespace, name: 'osm-mesh-config' },
    spec: { traffic: { enablePermissiveTrafficPolicyMode: true } },
  };
  return config as KubernetesObject;
}

function addressesOf(object: KubeObject | undefined): readonly string[] {
  if (object?.kind !== 'Pod') {
    return [];
  }
  const { podIP, podIPs = [] } = (object['status'] ?? {}) as { readonly podIP?: string; readonly podIPs?: readonly { readonly ip?: string }[] };
  return [...new Set([podIP, ...podIPs.map(({ ip }) => ip)])].flatMap((ip) => (ip === undefined ? [] : [`${object.metadata.namespace}/${ip}`]));
}

function accountOf(pod: KubeObject | undefined): string {
  if (!pod) {
    return '';
  }
  const { serviceAccountName, serviceAccount } = (pod['spec'] ?? {}) as { readonly serviceAccountName?: string; readonly serviceAccount?: string };
  return serviceAccountName || serviceAccount || 'default';
}
