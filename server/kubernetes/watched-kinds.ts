import { kinds } from '../../compiler/resources/kinds.ts';
import { groupOf, unsupported } from '../../compiler/resources/unread-kinds.ts';
import type { FieldTree } from '../../compiler/resources/validator.ts';

/** A kind that the compiler wants to know of. */
export interface WatchedKind {
  readonly kind: string;
  readonly group: string;
  /** The versions in which it can be read, the best first: a newer one says more. */
  readonly apiVersions: readonly string[];
  /** The fields that are read, by API version; undefined for policies, whose every field is looked at. */
  readonly fields: Readonly<Record<string, FieldTree>> | undefined;
  /** Without it nothing may be served: what it says could be narrower than what is assumed in its absence. */
  readonly required: boolean;
}

/** Deprecated since Kubernetes 1.33; its controllers mirror every one into EndpointSlices. */
const leftOut = 'v1 Endpoints';

/** Who is a member, what answers, under which settings. */
const requiredKinds: ReadonlySet<string> = new Set(['Namespace', 'Service', 'ServiceAccount', 'Pod', 'EndpointSlice', 'MeshConfig']);

/** Groups of Kubernetes itself, whose objects say much that is of no interest here. */
const kubernetesGroups: ReadonlySet<string> = new Set(['', 'apps', 'batch', 'discovery.k8s.io']);

/** Every kind that the compiler reads, and those policies that it must not pass over in silence. Sorted by group and kind. */
export function watchedKinds(): readonly WatchedKind[] {
  const versions = new Map<string, string[]>();
  const read = Object.keys(kinds).filter((name) => name !== leftOut);
  for (const name of [...read, ...[...unsupported].flatMap(unsupportedVersions)]) {
    const [apiVersion = '', kind = ''] = name.split(' ');
    const key = `${groupOf(apiVersion)} ${kind}`;
    versions.set(key, [...(versions.get(key) ?? []), apiVersion]);
  }
  return [...versions.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, apiVersions]) => {
      const [group = '', kind = ''] = key.split(' ');
      return {
        kind,
        group,
        apiVersions: apiVersions.sort(newestFirst),
        fields: kubernetesGroups.has(group) ? Object.fromEntries(apiVersions.map((apiVersion) => [apiVersion, kinds[`${apiVersion} ${kind}`]?.fields ?? {}])) : undefined,
        required: requiredKinds.has(kind),
      };
    });
}

/** The versions that OSM and SMI have of what isn't read yet. */
function unsupportedVersions(name: string): readonly string[] {
  const [group = '', kind = ''] = name.split(' ');
  return ['v1alpha1', 'v1alpha2'].map((version) => `${group}/${version} ${kind}`);
}

/** As Kubernetes orders versions: v1, v1beta1, v1alpha4, v1alpha3. */
function newestFirst(a: string, b: string): number {
  return rank(b) - rank(a);
}

function rank(apiVersion: string): number {
  const [, major = '0', stage = '', minor = '0'] = /v(\d+)(alpha|beta)?(\d+)?$/.exec(apiVersion) ?? [];
  return ['alpha', 'beta', ''].indexOf(stage) * 1e6 + Number(major) * 1e3 + Number(minor);
}
