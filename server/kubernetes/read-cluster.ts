import { compareText } from '../../compiler/order.ts';
import { ApiError } from './client/api-error.ts';
import type { KubeClient } from './client/kube-client.ts';
import type { KubeObject } from './client/kube-object.ts';
import { slimObject } from './slim-object.ts';
import { type WatchedKind, watchedKinds } from './watched-kinds.ts';

/** Which objects are read. Namespaces and MeshConfigs are the mesh's frame: of them all are read that matter, whatever is selected. */
export interface ClusterSelection {
  /** Default: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  /** Every kind that may not be read is left out, also where a mesh means something else without it. Default: no. */
  readonly incomplete?: boolean | undefined;
}

/** What the compiler reads of a cluster, at this moment. */
export interface ClusterContent {
  /** Slim (see slimObject), without uids, sorted by kind, namespace and name. */
  readonly objects: readonly KubeObject[];
  /** Kinds that may not be read, and are missing therefore. Kinds that the cluster doesn't have aren't among them: they have no objects. */
  readonly denied: readonly { readonly kind: WatchedKind; readonly message: string }[];
}

/** Reads everything once. Rejects as the client does, also where a kind may not be read without which a mesh means something else. */
export async function readCluster(client: KubeClient, selection: ClusterSelection = {}): Promise<ClusterContent> {
  const denied: { readonly kind: WatchedKind; readonly message: string }[] = [];
  const lists = await Promise.all(
    watchedKinds().map(async (kind) => {
      try {
        return await readKind(client, kind, selection);
      } catch (error) {
        if (error instanceof ApiError && error.status === 403 && (!kind.required || selection.incomplete === true)) {
          denied.push({ kind, message: error.message });
          return [];
        }
        throw error;
      }
    }),
  );
  return { objects: lists.flat().sort(inOrder), denied: denied.sort((a, b) => compareText(a.kind.kind, b.kind.kind)) };
}

async function readKind(client: KubeClient, kind: WatchedKind, { namespace, labelSelector }: ClusterSelection): Promise<readonly KubeObject[]> {
  for (const apiVersion of kind.apiVersions) {
    const name = { apiVersion, kind: kind.kind };
    if (await client.find(name)) {
      const { items } = await client.list(name, selectionOf(kind, { namespace, labelSelector }));
      return items.flatMap((item) => slimObject(item, kind) ?? []).map(withoutUid);
    }
  }
  return [];
}

function selectionOf({ kind }: WatchedKind, { namespace, labelSelector }: ClusterSelection): object {
  switch (kind) {
    case 'MeshConfig':
      return {};
    case 'Namespace':
      return namespace === undefined ? {} : { fieldSelector: `metadata.name=${namespace}` };
    default:
      return { namespace, labelSelector };
  }
}

/** A uid says only when an object was made. */
function withoutUid(object: KubeObject): KubeObject {
  const { uid: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function inOrder(a: KubeObject, b: KubeObject): number {
  return compareText(a.kind, b.kind) || compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') || compareText(a.metadata.name, b.metadata.name) || compareText(a.apiVersion, b.apiVersion);
}
