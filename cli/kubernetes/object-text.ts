import { stringify } from 'yaml';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';

/** An object as a YAML document: the same bytes for the same content. Names of fields in order, long texts on their line. */
export function objectText(object: KubeObject): string {
  return stringify(object, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false });
}
