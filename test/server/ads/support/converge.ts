import type { Received } from './messages.ts';
import type { RawClient } from './raw-client.ts';

/** What a proxy of the shop asks for by name: nothing of a type means all. */
const names = { cluster: [], endpoint: ['a', 'b'], listener: [], route: ['r', 's'] } as const;
export type ShopType = keyof typeof names;

/** Asks for these types as a proxy of the shop does, and acknowledges everything. Gives the responses. */
export async function converge(proxy: RawClient, types: readonly ShopType[] = ['cluster', 'endpoint', 'listener', 'route']): Promise<Readonly<Record<ShopType, Received>>> {
  const responses: [ShopType, Received][] = [];
  for (const type of types) {
    const asked = { [proxy.mode === 'sotw' ? 'resource_names' : 'resource_names_subscribe']: names[type] };
    proxy.send(type, asked);
    const response = await proxy.next(type);
    proxy.ack(response, proxy.mode === 'sotw' ? asked : {});
    responses.push([type, response]);
  }
  return Object.fromEntries(responses) as Record<ShopType, Received>;
}
