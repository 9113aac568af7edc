import { compareText } from '../../compiler/order.ts';
import { kinds } from '../../compiler/resources/kinds.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KindName, KubeObject } from '../../server/kubernetes/client/kube-object.ts';

/** What the compiler reads of a cluster at this moment. */
export interface MeshObjects {
  /** Sorted by kind, namespace and name; without managed fields and what tools note in annotations. */
  readonly objects: readonly KubeObject[];
  /** Kinds that may not be read. */
  readonly denied: readonly string[];
}

/** Mirrored into EndpointSlices. */
const leftOut = 'v1 Endpoints';

/** Reads every object of a kind that the compiler reads, in the best version that the cluster serves. */
export async function readMeshObjects(client: KubeClient): Promise<MeshObjects> {
  const denied: string[] = [];
  const lists = await Promise.all(
    kindsByName().map(async ([kind, versions]) => {
      const served = await firstServed(client, kind, versions);
      if (served === undefined) {
        return [];
      }
      try {
        return (await client.list(served)).items.filter((item) => !isFinished(item)).map(slim);
      } catch (error) {
        if (error instanceof ApiError && error.status === 403) {
          denied.push(kind);
          return [];
        }
        throw error;
      }
    }),
  );
  return { objects: lists.flat().sort(inOrder), denied: denied.sort() };
}

function kindsByName(): readonly (readonly [string, readonly string[]])[] {
  const versions = new Map<string, string[]>();
  for (const name of Object.keys(kinds).filter((one) => one !== leftOut)) {
    const [apiVersion = '', kind = ''] = name.split(' ');
    versions.set(kind, [...(versions.get(kind) ?? []), apiVersion]);
  }
  // The newest says most: v1 before v1beta1 before v1alpha4 before v1alpha3.
  const rank = (apiVersion: string): string => apiVersion.replace(/v1$/, 'v2');
  return [...versions].map(([kind, list]) => [kind, list.sort((a, b) => compareText(rank(b), rank(a)))]);
}

async function firstServed(client: KubeClient, kind: string, versions: readonly string[]): Promise<KindName | undefined> {
  for (const apiVersion of versions) {
    if (await client.find({ apiVersion, kind })) {
      return { apiVersion, kind };
    }
  }
  return undefined;
}

function isFinished({ kind, ...object }: KubeObject): boolean {
  const { phase } = (object['status'] ?? {}) as { readonly phase?: string };
  return kind === 'Pod' && (phase === 'Succeeded' || phase === 'Failed');
}

function slim({ metadata, ...rest }: KubeObject): KubeObject {
  const { managedFields: _, annotations = {}, ...meta } = metadata;
  const own = Object.entries(annotations).filter(([key]) => !key.startsWith('kubectl.kubernetes.io/'));
  return { ...rest, metadata: { ...meta, ...(own.length > 0 && { annotations: Object.fromEntries(own) }) } } as KubeObject;
}

function inOrder(a: KubeObject, b: KubeObject): number {
  const key = ({ kind, metadata: { namespace = '', name } }: KubeObject): string => `${kind} ${namespace} ${name}`;
  return compareText(key(a), key(b));
}
