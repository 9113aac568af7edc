import type { TrafficSplit } from '../resources/objects.ts';

/** The Service's name that a TrafficSplit's `spec.service` means, and the namespace where the host name gives one. */
export interface ApexName {
  readonly name: string;
  readonly namespace: string | undefined;
}

/**
 * Reads `bookstore`, `bookstore.books`, `bookstore.books.svc`, `bookstore.books.svc.cluster.local` and the same with a
 * final dot. Undefined for any other host name.
 * Source: smi-spec traffic-split ("the FQDN that clients use").
 */
export function apexName(split: Pick<TrafficSplit, 'service'>, clusterDomain: string): ApexName | undefined {
  const host = split.service.toLowerCase().replace(/\.$/, '');
  const [name = '', namespace, ...rest] = host.split('.');
  const tail = rest.join('.');
  if (name === '' || namespace === '') return undefined;
  if (tail !== '' && tail !== 'svc' && tail !== `svc.${clusterDomain}`) return undefined;
  return { name, namespace };
}
