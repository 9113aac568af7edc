import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ResourceType, resourceTypes } from '../../../compiler/artifact/artifact.ts';
import { namedIn } from '../../../server/ads/blame.ts';
import { converge } from './support/converge.ts';
import type { Received } from './support/messages.ts';
import { onServer, sorted } from './support/on-server.ts';
import type { RawClient } from './support/raw-client.ts';
import { shop, shopIdentity } from './support/shop.ts';
import { cluster, endpoints, listener, route } from './support/test-artifact.ts';
import type { TestServer } from './support/test-server.ts';

const test = suite('NACK');
const names: Readonly<Record<ResourceType, readonly string[]>> = { cluster: [], endpoint: ['a', 'b'], secret: ['trust-bundle', 'workload-certificate'], listener: [], route: ['r', 's'] };

/** Two changes of each type, of which the first is called bad. */
const changes = {
  cluster: { a: cluster(50), b: cluster(51) },
  endpoint: { a: endpoints(50), b: endpoints(51) },
  listener: { in: listener('bad'), out: listener('good') },
  route: { r: route('b'), s: route('a') },
} as const;
type Type = keyof typeof changes;
const types = Object.keys(changes) as Type[];

const fields = (proxy: RawClient, type: ResourceType): object => (proxy.mode === 'sotw' ? { resource_names: names[type] } : {});
const accept = (proxy: RawClient, response: Received): void => proxy.ack(response, fields(proxy, response.type));
const refuse = (proxy: RawClient, response: Received, words: string): void => proxy.nack(response, words, fields(proxy, response.type));

const stateOf = ({ ads }: TestServer, type: ResourceType): string | undefined => ads.statuses()[0]?.types[type].state;

for (const mode of ['sotw', 'delta'] as const) {
  for (const type of types) {
    const [bad, good] = Object.keys(changes[type]) as [string, string];
    const client = { mode, identity: shopIdentity, node: 'shop/client-1' } as const;
    const whole = mode === 'sotw' && (type === 'cluster' || type === 'listener');

    test(
      `${mode}, ${type}: what is named as bad isn't sent again, the rest is, and the last good stays`,
      onServer(shop, async (server) => {
        const { connect, update, counts, lines } = server;
        const proxy = connect(client);
        await converge(proxy, [type]);
        update(shop({ [type]: changes[type] }));
        const first = await proxy.next(type);
        const words = `Error adding/updating ${type} ${bad}: broken\nmore of it`;
        refuse(proxy, first, words);
        const second = await proxy.next(type);
        assert.equal(sorted(second.resources.keys()), whole ? sorted([bad, good]) : [good]);
        assert.is.not(second.version, mode === 'sotw' ? first.version : undefined);
        if (whole) {
          assert.is.not(Buffer.compare(second.bytes.get(bad) ?? Buffer.alloc(0), first.bytes.get(bad) ?? Buffer.alloc(0)), 0, 'the last good');
        }
        accept(proxy, second);
        assert.equal(await proxy.unexpected(), []);
        assert.is(stateOf(server, type), 'NACKED');
        assert.is(counts.get(`nacks{${type}}`), 1);

        // The report: who, what, where.
        const status = server.ads.statuses()[0]?.types[type];
        const sources = [{ pointer: '', object: `Test/${bad}`, file: `${type}s.yaml`, line: 1 }];
        assert.equal([status?.reason, status?.sources], [words, sources]);
        const logged = lines.find(({ level }) => level === 'warn');
        assert.equal(
          [logged?.['node'], logged?.['identity'], logged?.['proxyClass'], logged?.['type'], logged?.['reason']],
          ['shop/client-1', shopIdentity, 'shop/client', type, words],
        );
        const reported = logged?.['resources'] as readonly { readonly name: string; readonly sources: unknown }[] | undefined;
        assert.equal(reported?.map((one) => [one.name, one.sources]), [[bad, sources]]);

        // The same artifact once more, and one in which something else changed: nothing of the bad one.
        update(shop({ [type]: changes[type] }));
        assert.equal(await proxy.unexpected(), []);
        const goodAgain = type === 'cluster' ? cluster(60) : type === 'endpoint' ? endpoints(60) : type === 'listener' ? listener('z') : {};
        update(shop({ [type]: { ...changes[type], [good]: goodAgain } }));
        const third = await proxy.next(type);
        if (whole) {
          assert.equal(third.bytes.get(bad), second.bytes.get(bad), 'the last good');
        } else {
          assert.equal([...third.resources.keys()], [good]);
        }
        accept(proxy, third);
        assert.equal(await proxy.unexpected(), []);
        assert.is(stateOf(server, type), 'NACKED');

        // Taken back: what the proxy holds is right again.
        update(shop({ [type]: { [good]: goodAgain } }));
        assert.equal(await proxy.unexpected(), []);
        assert.is(stateOf(server, type), 'SYNCED');
        // Mended.
        update(shop({ [type]: { [bad]: goodAgain, [good]: goodAgain } }));
        const last = await proxy.next(type);
        assert.ok(last.resources.has(bad));
        accept(proxy, last);
        assert.equal(await proxy.unexpected(), []);
        assert.is(stateOf(server, type), 'SYNCED');
      }),
    );

    test(
      `${mode}, ${type}: what nobody names is found by sending one at a time`,
      onServer(shop, async (server) => {
        const { connect, update, counts } = server;
        const proxy = connect(client);
        await converge(proxy, [type]);
        update(shop({ [type]: changes[type] }));
        refuse(proxy, await proxy.next(type), 'something is wrong');
        const second = await proxy.next(type);
        refuse(proxy, second, 'something is still wrong');
        const third = await proxy.next(type);
        if (!whole) {
          assert.equal([[...second.resources.keys()], [...third.resources.keys()]], [[bad], [good]]);
        }
        accept(proxy, third);
        assert.equal(await proxy.unexpected(), []);
        assert.is(counts.get(`nacks{${type}}`), 2);
        assert.equal(server.ads.statuses()[0]?.types[type].sources?.map(({ object }) => object), [`Test/${bad}`]);
      }),
    );

    test(
      `${mode}, ${type}: all refused, again and again: no loop`,
      onServer(shop, async (server) => {
        const { connect, counts } = server;
        const proxy = connect(client);
        proxy.send(type, { [mode === 'sotw' ? 'resource_names' : 'resource_names_subscribe']: names[type] });
        const first = await proxy.next(type);
        refuse(proxy, first, 'never');
        refuse(proxy, await proxy.next(type), 'never');
        refuse(proxy, await proxy.next(type), 'never');
        // A list without any of them is an answer for a proxy that never had one.
        if (whole) {
          assert.equal(await proxy.unexpected(), []);
        }
        refuse(proxy, first, 'never');
        refuse(proxy, first, 'never');
        assert.equal(await proxy.unexpected(), []);
        assert.is(counts.get(`pushes{${type}}`), 3);
        assert.is(stateOf(server, type), 'NACKED');
        assert.is(server.ads.statuses()[0]?.types[type].resources, 0);
      }),
    );
  }

  test(
    `${mode}: a refused certificate is counted, not sent again, and a new one is`,
    onServer(shop, async (server) => {
      const proxy = server.connect({ mode, identity: shopIdentity, node: 'shop/client-1' });
      proxy.send('secret', { [mode === 'sotw' ? 'resource_names' : 'resource_names_subscribe']: names.secret });
      refuse(proxy, await proxy.next('secret'), 'Failed to load certificate of workload-certificate');
      const second = await proxy.next('secret');
      assert.equal([...second.resources.keys()], ['trust-bundle']);
      accept(proxy, second);
      assert.equal(await proxy.unexpected(), []);
      assert.is(stateOf(server, 'secret'), 'NACKED');
      server.secrets.renew();
      const third = await proxy.next('secret');
      assert.equal([...third.resources.keys()], ['workload-certificate']);
      accept(proxy, third);
      assert.equal(await proxy.unexpected(), []);
      assert.is(stateOf(server, 'secret'), 'SYNCED');
    }),
  );

  test(
    `${mode}: what is asked for anew after a refusal is sent, to a new stream as well`,
    onServer(shop, async ({ connect }) => {
      const proxy = connect({ mode, identity: shopIdentity, node: 'shop/client-1' });
      await converge(proxy, ['endpoint']);
      const again = connect({ mode, identity: shopIdentity, node: 'shop/client-1' });
      again.send('endpoint', { [mode === 'sotw' ? 'resource_names' : 'resource_names_subscribe']: ['a'] });
      const first = await again.next('endpoint');
      again.nack(first, 'no', mode === 'sotw' ? { resource_names: [] } : { resource_names_unsubscribe: ['a'] });
      assert.equal(await again.unexpected(), []);
      again.send('endpoint', mode === 'sotw' ? { resource_names: ['a'], response_nonce: first.nonce } : { resource_names_subscribe: ['a'] });
      assert.equal([...(await again.next('endpoint')).resources.keys()], ['a']);
    }),
  );
}

test(
  'sotw: a proxy that comes back is not told to delete what it holds and we refused to send',
  onServer(
    () => shop({ cluster: { a: cluster(66) } }),
    async ({ connect, update }) => {
      const proxy = connect({ mode: 'sotw', identity: shopIdentity, node: 'shop/client-1' });
      proxy.send('cluster', { version_info: 'sha256:of-a-server-before' });
      refuse(proxy, await proxy.next('cluster'), 'Error adding/updating cluster(s) a: broken');
      // The rest is sent on, and `a` stands in the list: without it, the proxy would delete the one that it has.
      const second = await proxy.next('cluster');
      assert.equal(sorted(second.resources.keys()), ['a', 'b']);
      refuse(proxy, second, 'Error adding/updating cluster(s) a: broken');
      assert.equal(await proxy.unexpected(), []);
      update(shop({ cluster: { a: cluster(66) } }));
      assert.equal(await proxy.unexpected(), []);
    },
  ),
);

test('names in error texts: by themselves, not as part of another', () => {
  assert.equal(namedIn('cluster a|80|local: bad', ['a|80', 'a|80|local', 'b']), ['a|80|local']);
  assert.equal(namedIn('cluster(s) a|80, a|80|local: bad', ['a|80', 'a|80|local']), ['a|80', 'a|80|local']);
  assert.equal(namedIn('nothing', ['n', 'not', 'ing', '']), []);
  assert.equal(namedIn('Duplicate domain in route rds-outbound.shop/a|80.', ['rds-outbound.shop/a', 'rds-outbound.shop/a|80', 'shop/a|80']), ['rds-outbound.shop/a|80']);
  assert.equal(namedIn("'a': no; b:no (c)", ['a', 'b', 'c']), ['a', 'c']);
});

test('every type of resource is refused here', () => {
  assert.equal(sorted([...types, 'secret']), sorted(resourceTypes));
});

test.run();
