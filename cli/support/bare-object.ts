import { kinds } from '../../compiler/resources/kinds.ts';
import type { FieldTree } from '../../compiler/resources/validator.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';

/** Annotations that mean something to the mesh; others may hold anything. */
const ownAnnotation = /^(?:(?:[a-z0-9-]+\.)?openservicemesh\.io|smic\.dev|prometheus\.io)\//;
/** Groups of Kubernetes itself: of their objects only what the compiler reads is kept, so no environment, no arguments, no volumes. */
const kubernetesGroup = /^(?:v1|apps\/|batch\/|discovery\.k8s\.io\/)/;

/** An object of the mesh with nothing of it but what the compiler reads, for somebody else to read. */
export function bareObject(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  const fields = kinds[`${apiVersion} ${kind}`]?.fields ?? {};
  const { name, namespace, labels, annotations = {}, deletionTimestamp } = metadata;
  const own = Object.entries(annotations).filter(([key]) => ownAnnotation.test(key));
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels && { labels }),
      ...(own.length > 0 && { annotations: Object.fromEntries(own) }),
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    ...(kubernetesGroup.test(apiVersion) ? (pruned(rest, fields) as object) : rest),
  };
}

/** The fields of a value that a tree names; lists are seen through. What the tree ends at is kept whole. */
function pruned(value: unknown, tree: FieldTree): unknown {
  const names = Object.keys(tree);
  if (names.length === 0 || typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((item) => pruned(item, tree));
  }
  const fields = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, pruned(fields[name], tree[name] ?? {})]));
}
