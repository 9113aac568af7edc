import type { KubeObject } from './client/kube-object.ts';
import { meshAnnotations, meshMetadata } from './mesh-metadata.ts';
import { prune } from './prune.ts';
import type { WatchedKind } from './watched-kinds.ts';

type Fields = Readonly<Record<string, unknown>>;

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
  const read = tree ? prune(rest, tree) : rest;
  const kept = (group === 'apps' || group === 'batch' ? withMeshAnnotations(read) : read) as Fields;
  return {
    ...kept,
    apiVersion,
    kind,
    metadata: { ...meshMetadata(metadata), ...(metadata.uid !== undefined && { uid: metadata.uid }) },
    ...(kind === 'Pod' && { status: podStatus(recordOf(status)) }),
    ...(kind === 'EndpointSlice' && { endpoints: sortedEndpoints(kept['endpoints']) }),
  };
}

/** Of the templates of pods no other annotations than of the objects. */
function withMeshAnnotations(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) {
    return value;
  }
  const parts = Object.entries(value).map(([key, part]) => [key, key === 'metadata' && 'annotations' in recordOf(part) ? { ...part, annotations: meshAnnotations(recordOf(part)['annotations']) } : withMeshAnnotations(part)] as const);
  return Object.fromEntries(parts);
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

function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
