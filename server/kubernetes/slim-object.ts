import type { FieldTree } from '../../compiler/resources/validator.ts';
import type { KubeObject } from './client/kube-object.ts';
import type { WatchedKind } from './watched-kinds.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Annotations that mean something to smic. All others are left out: tools write them at will, and some hold what is nobody's business. */
const ownAnnotation = /^(?:(?:[a-z0-9-]+\.)?openservicemesh\.io|smic\.dev|prometheus\.io)\//;

/**
 * An object with nothing but what the compiler reads of it: no managed fields, no times, no states that come and go; and the uid. Undefined
 * where it has no part in the mesh: a pod that has ended, a ReplicaSet or Job for which its owner speaks.
 */
export function slimObject(object: KubeObject, { kind, group, fields }: WatchedKind): KubeObject | undefined {
  if (kind === 'Pod' && isFinished(object)) {
    return undefined;
  }
  if ((group === 'apps' || group === 'batch') && isControlled(object)) {
    return undefined;
  }
  const { apiVersion } = object;
  const tree = fields?.[apiVersion];
  const { status, metadata, ...rest } = object;
  const kept = tree ? (pruned(rest, tree) as Fields) : rest;
  return {
    ...kept,
    apiVersion,
    kind,
    metadata: slimMetadata(metadata),
    ...(kind === 'Pod' && { status: podStatus(recordOf(status)) }),
    ...(kind === 'EndpointSlice' && { endpoints: sortedEndpoints(kept['endpoints']) }),
  };
}

function slimMetadata({ name, namespace, uid, labels, annotations, deletionTimestamp }: KubeObject['metadata']): KubeObject['metadata'] {
  const own = Object.entries(annotations ?? {}).filter(([key]) => ownAnnotation.test(key));
  return {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    ...(own.length > 0 && { annotations: Object.fromEntries(own) }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp }),
  };
}

/** Addresses, and whether it is ready: not since when. */
function podStatus({ podIP, podIPs, conditions }: Fields): Fields {
  const ready = (Array.isArray(conditions) ? conditions : []).find((condition) => recordOf(condition)['type'] === 'Ready');
  return {
    ...(podIP !== undefined && { podIP }),
    ...(podIPs !== undefined && { podIPs }),
    ...(ready !== undefined && { conditions: [{ type: 'Ready', status: recordOf(ready)['status'] }] }),
  };
}

/** Their controller keeps no order. */
function sortedEndpoints(endpoints: unknown): unknown {
  const key = (endpoint: unknown): string => String((recordOf(endpoint)['addresses'] as readonly unknown[] | undefined)?.[0]);
  return Array.isArray(endpoints) ? [...endpoints].sort((a, b) => (key(a) < key(b) ? -1 : 1)) : endpoints;
}

function isFinished(pod: KubeObject): boolean {
  const { phase } = recordOf(pod['status']);
  return phase === 'Succeeded' || phase === 'Failed';
}

function isControlled({ metadata }: KubeObject): boolean {
  const owners = metadata['ownerReferences'];
  return Array.isArray(owners) && owners.some((owner) => recordOf(owner)['controller'] === true && /^(apps|batch)\//.test(String(recordOf(owner)['apiVersion'])));
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
  const fields = value as Fields;
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, pruned(fields[name], tree[name] ?? {})]));
}

function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
