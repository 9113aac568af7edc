import type { ClusterContent } from '../../server/kubernetes/read-cluster.ts';
import { printable } from '../terminal/printable.ts';

/** A line for each kind that may not be read. */
export function deniedWords(denied: ClusterContent['denied']): string {
  return denied.map(({ kind, message }) => `warning: ${kind.kind} objects are left out: ${printable(message)}\n`).join('');
}
