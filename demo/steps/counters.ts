import type { BookstoreCounters } from '../bookstore/bookstore.ts';
import type { CustomerCounters } from '../bookstore/customer.ts';
import type { Mesh } from '../mesh/mesh.ts';

/** What has happened in the bookstore so far, or between two moments. */
export interface Totals {
  readonly boughtV1: number;
  readonly boughtV2: number;
  readonly stolen: number;
  readonly restocked: number;
  /** What bookthief asked for and was refused (403). */
  readonly refused: number;
  /** bookbuyer's requests that got no book. */
  readonly failed: number;
}

export async function readTotals(mesh: Pick<Mesh, 'pod' | 'pods'>): Promise<Totals> {
  const stores = mesh.pods.filter(({ spec }) => spec.serviceAccount.startsWith('bookstore-'));
  const [buyer, thief, ...shops] = await Promise.all([
    mesh.pod('bookbuyer').call('counters') as Promise<CustomerCounters>,
    mesh.pod('bookthief').call('counters') as Promise<CustomerCounters>,
    ...stores.map((pod) => pod.call('counters') as Promise<BookstoreCounters>),
  ]);
  return {
    boughtV1: buyer.books['bookstore-v1'] ?? 0,
    boughtV2: buyer.books['bookstore-v2'] ?? 0,
    stolen: Object.values(thief.books).reduce((sum, count) => sum + count, 0),
    restocked: shops.reduce((sum, shop) => sum + shop.restocked, 0),
    refused: thief.refused,
    failed: buyer.failed + buyer.refused,
  };
}

export function difference(after: Totals, before: Totals): Totals {
  const of = (key: keyof Totals): number => after[key] - before[key];
  return { boughtV1: of('boughtV1'), boughtV2: of('boughtV2'), stolen: of('stolen'), restocked: of('restocked'), refused: of('refused'), failed: of('failed') };
}

export function totalsLine({ boughtV1, boughtV2, stolen, restocked, refused, failed }: Totals): string {
  const column = (count: number): string => String(count).padStart(5);
  return `bought v1 ${column(boughtV1)}  v2 ${column(boughtV2)}   stolen ${column(stolen)} (refused ${column(refused)})   restocked ${column(restocked)}   failed ${column(failed)}`;
}
