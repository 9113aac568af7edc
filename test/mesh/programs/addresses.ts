import { networkInterfaces } from 'node:os';
import type { Program } from '../../../demo/pod/pod-process.ts';

/** Command `linkLocal`: the pod's link-local IPv6 address, without zone. */
export const addresses: Program = async () => ({
  linkLocal: () => networkInterfaces()['eth0']?.find(({ address }) => address.startsWith('fe80:'))?.address,
});
