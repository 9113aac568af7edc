import type { Namespace, ServiceAccount } from './objects.ts';
import type { Reading } from './reading.ts';

/** A Namespace or a ServiceAccount: its metadata is all that counts. */
export function readMetaOnly(_written: unknown, { meta }: Reading): Namespace & ServiceAccount {
  return { meta };
}
