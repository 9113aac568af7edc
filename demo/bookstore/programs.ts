import { client } from '../pod/client.ts';
import type { Program, ProgramCall } from '../pod/pod-process.ts';
import type { ClusterPod } from '../rig/cluster.ts';
import { bookstore } from './bookstore.ts';
import { bookwarehouse } from './bookwarehouse.ts';
import { customer } from './customer.ts';

/** All that runs in pods of the demonstration. */
export const programs: Readonly<Record<string, Program>> = { client, bookstore, bookwarehouse, customer };

/** What runs in this pod of the bookstore. */
export function bookstorePrograms({ serviceAccount }: ClusterPod): readonly ProgramCall[] {
  if (serviceAccount.startsWith('bookstore-')) {
    return [{ program: 'bookstore', options: { identity: serviceAccount } }];
  }
  return serviceAccount === 'bookwarehouse' ? [{ program: 'bookwarehouse' }] : [{ program: 'customer', options: { name: serviceAccount } }];
}
