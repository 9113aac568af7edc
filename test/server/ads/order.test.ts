import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResourceType } from '../../../compiler/artifact/artifact.ts';
import type { Received } from './support/messages.ts';
import { onServer, sorted } from './support/on-server.ts';
import type { RawClient } from './support/raw-client.ts';
import { shop, shopIdentity } from './support/shop.ts';
import { cluster, endpoints, listener, route } from './support/test-artifact.ts';

const test = suite('make before break');
const node = 'shop/client-1';

/** What a proxy asks for, by type. */
type Names = Readonly<Partial<Record<ResourceType, readonly string[]>>>;

/** Acknowledges a response as a proxy of either protocol does. */
function accept(proxy: RawClient, response: Received, names: Names): void {
  proxy.ack(response, proxy.mode === 'sotw' ? { resource_names: names[response.type] ?? [] } : {});
}

async function converge(proxy: RawClient, names: Names): Promise<void> {
  for (const type of ['cluster', 'endpoint', 'listener', 'route'] as const) {
    proxy.send(type, { [proxy.mode === 'sotw' ? 'resource_names' : 'resource_names_subscribe']: names[type] ?? [] });
    accept(proxy, await proxy.next(type), names);
  }
}

const before = { endpoint: ['a', 'b'], route: ['r', 's'] };
const everything = {
  cluster: { a: undefined, c: cluster() },
  endpoint: { a: undefined, c: endpoints(3) },
  listener: { in: listener('b') },
  route: { r: route('c'), s: route('c') },
};

for (const mode of ['sotw', 'delta'] as const) {
  test(
    `${mode}: clusters and endpoints, then listeners, then routes, each when the one before is accepted; clusters go last`,
    onServer(shop, async ({ connect, update }) => {
      const proxy = connect({ mode, identity: shopIdentity, node });
      await converge(proxy, before);
      update(shop(everything));

      const clusters = await proxy.next('cluster');
      assert.equal(sorted(clusters.resources.keys()), mode === 'sotw' ? ['a', 'b', 'c'] : ['c']);
      assert.equal(clusters.removed, []);
      assert.equal(await proxy.unexpected(), [], 'listeners wait for clusters');
      const names = { endpoint: ['a', 'b', 'c'], route: ['r', 's'] };
      proxy.send('endpoint', mode === 'sotw' ? { resource_names: names.endpoint, response_nonce: '1' } : { resource_names_subscribe: ['c'] });
      const fresh = await proxy.next('endpoint');
      assert.equal([...fresh.resources.keys()], ['c']);
      accept(proxy, clusters, names);
      assert.equal(await proxy.unexpected(), [], 'listeners wait for endpoints');
      accept(proxy, fresh, names);

      const listeners = await proxy.next('listener');
      assert.equal(await proxy.unexpected(), [], 'routes wait for listeners');
      accept(proxy, listeners, names);
      const routes = await proxy.next('route');
      assert.equal(sorted(routes.resources.keys()), ['r', 's']);
      assert.equal(await proxy.unexpected(), [], 'clusters stay until routes are accepted');
      accept(proxy, routes, names);

      const rest = await proxy.next('cluster');
      assert.equal([sorted(rest.resources.keys()), rest.removed], mode === 'sotw' ? [['b', 'c'], []] : [[], ['a']]);
      if (mode === 'delta') {
        // Nobody unsubscribed from the endpoints: they are taken back as well.
        assert.equal((await proxy.next('endpoint')).removed, ['a']);
      }
      accept(proxy, rest, names);
      assert.equal(await proxy.unexpected(), []);
    }),
  );

  test(
    `${mode}: while a route is refused, what it would no longer use stays`,
    onServer(shop, async ({ connect, update }) => {
      const proxy = connect({ mode, identity: shopIdentity, node });
      await converge(proxy, before);
      update(shop({ cluster: { a: undefined }, endpoint: { a: undefined }, route: { r: route('b') } }));
      const routes = await proxy.next('route');
      proxy.nack(routes, 'no', mode === 'sotw' ? { resource_names: before.route } : {});
      assert.equal(await proxy.unexpected(), []);
      update(shop({ cluster: { a: undefined }, endpoint: { a: undefined }, route: { r: route('b'), s: {} } }));
      accept(proxy, await proxy.next('route'), before);
      assert.equal(await proxy.unexpected(), []);
      // Mended: now it goes.
      update(shop({ cluster: { a: undefined }, endpoint: { a: undefined }, route: { r: {}, s: {} } }));
      accept(proxy, await proxy.next('route'), before);
      const rest = await proxy.next('cluster');
      assert.equal([[...rest.resources.keys()], rest.removed], mode === 'sotw' ? [['b'], []] : [[], ['a']]);
    }),
  );

  test(
    `${mode}: a removed cluster that comes back in time never goes`,
    onServer(shop, async ({ connect, update }) => {
      const proxy = connect({ mode, identity: shopIdentity, node });
      await converge(proxy, before);
      update(shop({ cluster: { a: undefined }, route: { r: route('b') } }));
      const routes = await proxy.next('route');
      update(shop({ route: { r: route('b') } }));
      accept(proxy, routes, before);
      assert.equal(await proxy.unexpected(), []);
    }),
  );

  test(
    `${mode}: what changes several times while a response is on its way is sent once, as it is then`,
    onServer(shop, async ({ connect, update }) => {
      const proxy = connect({ mode, identity: shopIdentity, node });
      await converge(proxy, before);
      update(shop({ endpoint: { a: endpoints(10) } }));
      const first = await proxy.next('endpoint');
      for (let port = 11; port < 40; port += 1) {
        update(shop({ endpoint: { a: endpoints(port), b: endpoints(port) } }));
      }
      assert.equal(await proxy.unexpected(), []);
      accept(proxy, first, before);
      const last = await proxy.next('endpoint');
      assert.equal(sorted(last.resources.keys()), ['a', 'b']);
      accept(proxy, last, before);
      assert.equal(await proxy.unexpected(), []);
      // And what goes back to what the proxy holds is not sent at all.
      update(shop({ endpoint: { a: endpoints(41) } }));
      const other = await proxy.next('endpoint');
      update(shop({ endpoint: { a: endpoints(41), b: endpoints(2) } }));
      accept(proxy, other, before);
      assert.equal(await proxy.unexpected(), []);
    }),
  );

  test(
    `${mode}: listeners do not wait for ever for an answer about clusters`,
    onServer(
      shop,
      async ({ connect, update }) => {
        const proxy = connect({ mode, identity: shopIdentity, node });
        await converge(proxy, before);
        update(shop({ cluster: { c: cluster() }, listener: { in: listener('b') } }));
        await proxy.next('cluster');
        const listeners = await proxy.next('listener');
        // And newer clusters can overtake those that aren't answered.
        update(shop({ cluster: { d: cluster() }, listener: { in: listener('b') } }));
        const clusters = await proxy.next('cluster');
        assert.ok(clusters.resources.has('d'));
        accept(proxy, clusters, before);
        accept(proxy, listeners, before);
        assert.equal(await proxy.unexpected(), mode === 'sotw' ? ['cluster a,b,d'] : ['cluster -c']);
      },
      { limits: { patience: 50 } },
    ),
  );
}

test.run();
