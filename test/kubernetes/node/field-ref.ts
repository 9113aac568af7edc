import type { PodObject } from '../pod-object.ts';

/** The text of a field that the downward API gives. @throws TypeError for one that it doesn't know */
export function fieldText({ metadata, spec }: PodObject, addresses: readonly string[], hostIP: string, fieldPath: string): string {
  const [, kind, key = ''] = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(fieldPath) ?? [];
  if (kind !== undefined) {
    return metadata[kind as 'labels' | 'annotations']?.[key] ?? '';
  }
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'spec.serviceAccountName': spec.serviceAccountName,
    'status.podIP': addresses[0],
    'status.podIPs': addresses.join(','),
    'status.hostIP': hostIP,
  };
  const found = fields[fieldPath];
  if (found === undefined) {
    throw new TypeError(`the test's kubelet knows no field ${fieldPath}`);
  }
  return found;
}
