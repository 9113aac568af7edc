import { kinds } from '../../compiler/resources/kinds.ts';
import { groupOf } from '../../compiler/resources/unread-kinds.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { meshMetadata } from '../../server/kubernetes/mesh-metadata.ts';
import { prune } from '../../server/kubernetes/prune.ts';
import { kubernetesGroups } from '../../server/kubernetes/watched-kinds.ts';

/**
 * An object of the mesh with nothing of it but what the compiler reads, for somebody else to read. Of Kubernetes' own kinds that is
 * little: no environment, no arguments, no volumes.
 */
export function bareObject({ apiVersion, kind, metadata, ...rest }: KubeObject): KubeObject {
  const fields = kinds[`${apiVersion} ${kind}`]?.fields ?? {};
  return { apiVersion, kind, metadata: meshMetadata(metadata), ...(kubernetesGroups.has(groupOf(apiVersion)) ? (prune(rest, fields) as object) : rest) };
}
