import { status } from '@grpc/grpc-js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onServer, sorted } from './support/on-server.ts';
import { otherIdentity, shop, shopIdentity, shopMessages } from './support/shop.ts';
import { cluster, type TestClass } from './support/test-artifact.ts';

const test = suite('authorization');
const modes = ['sotw', 'delta'] as const;
const asking = (mode: 'sotw' | 'delta', names: readonly string[]): object => ({ [mode === 'sotw' ? 'resource_names' : 'resource_names_subscribe']: names });

/** Two classes of one identity, told apart by pods. */
const several: readonly TestClass[] = [
  { key: 'two/plain', identity: 'spiffe://cluster.local/ns/two/sa/two', pods: ['plain-1', 'Deployment/web'], resources: { cluster: { plain: cluster() } } },
  { key: 'two/plain~svc', identity: 'spiffe://cluster.local/ns/two/sa/two', pods: ['svc-1', 'StatefulSet/web-db'], resources: { cluster: { svc: cluster() } } },
];
const two = 'spiffe://cluster.local/ns/two/sa/two';

for (const mode of modes) {
  test(
    `${mode}: an unknown identity is refused, with a reason in log and metric`,
    onServer(shop, async ({ connect, counts, lines, ads }) => {
      for (const identity of ['spiffe://cluster.local/ns/shop/sa/nobody', 'spiffe://other.domain/ns/shop/sa/client', `${shopIdentity}/more`, 'shop/client']) {
        const proxy = connect({ mode, identity, node: 'shop/client-1' });
        proxy.send('cluster');
        assert.equal(await proxy.ended, { code: status.PERMISSION_DENIED, details: `no proxy class has the identity ${identity}` });
        const logged = lines.at(-1);
        assert.equal([logged?.['level'], logged?.['reason'], logged?.['identity']], ['warn', 'unknown-identity', identity]);
      }
      assert.is(counts.get('streamsRefused{unknown-identity}'), 4);
      assert.equal(ads.statuses(), []);
    }),
  );

  test(
    `${mode}: without an identity nothing is given`,
    onServer(shop, async ({ connect, counts }) => {
      const proxy = connect({ mode, identity: '', node: 'shop/client-1' });
      proxy.send('cluster');
      assert.equal(await proxy.ended, { code: status.PERMISSION_DENIED, details: 'no identity' });
      assert.is(counts.get('streamsRefused{no-identity}'), 1);
    }),
  );

  test(
    `${mode}: another's node id and another's names give nothing of another's`,
    onServer(shop, async ({ connect, ads, secrets }) => {
      const proxy = connect({ mode, identity: shopIdentity, node: 'other/other-1' });
      proxy.send('cluster');
      const all = await proxy.next('cluster');
      assert.equal(sorted(all.resources.keys()), ['a', 'b']);
      proxy.send('endpoint', asking(mode, ['secretive', 'a']));
      const endpoints = await proxy.next('endpoint');
      assert.equal([[...endpoints.resources.keys()], endpoints.removed], [['a'], mode === 'delta' ? ['secretive'] : []]);
      proxy.send('listener', asking(mode, ['private']));
      assert.is((await proxy.next('listener')).resources.size, 0);
      proxy.send('secret', asking(mode, ['workload-certificate', `${otherIdentity}`, 'other/workload-certificate']));
      assert.equal([...(await proxy.next('secret')).resources.keys()], ['workload-certificate']);
      assert.is(ads.statuses()[0]?.proxyClass, 'shop/client');
      assert.is(secrets.openStreams(), 1);
    }),
  );

  test(
    `${mode}: each stream has a key of its own, gone when it ends`,
    onServer(shop, async ({ connect, secrets }) => {
      const keys = [];
      const [one, again] = [connect({ mode, identity: shopIdentity }), connect({ mode, identity: shopIdentity })];
      for (const proxy of [one, again]) {
        proxy.send('secret', asking(mode, ['workload-certificate']));
        keys.push(Buffer.from((await proxy.next('secret')).bytes.get('workload-certificate') ?? []).toString('hex'));
      }
      assert.is.not(keys[0], keys[1]);
      assert.is(secrets.openStreams(), 2);
      one.close();
      await one.ended;
      assert.equal(await again.unexpected(), []);
      assert.is(secrets.openStreams(), 1);
    }),
  );

  test(
    `${mode}: the node id chooses among the identity's own classes, by pod or by controller`,
    onServer(
      () => shop({}, several),
      async ({ connect, counts }) => {
        const clustersOf = async (node: string): Promise<readonly string[]> => {
          const proxy = connect({ mode, identity: two, node });
          proxy.send('cluster');
          return sorted((await proxy.next('cluster')).resources.keys());
        };
        assert.equal(await clustersOf('two/plain-1'), ['plain']);
        assert.equal(await clustersOf('two/svc-1'), ['svc']);
        assert.equal(await clustersOf('two/web-5d4f7b9c68-k2xqz'), ['plain']);
        assert.equal(await clustersOf('two/web-db-0'), ['svc']);
        for (const node of ['', 'two/stranger', 'shop/client-1', 'shop/svc-1', 'svc-1']) {
          const proxy = connect({ mode, identity: two, node });
          proxy.send('cluster');
          const { code, details } = await proxy.ended;
          assert.is(code, status.PERMISSION_DENIED);
          assert.match(details, /is no pod of/);
        }
        assert.is(counts.get('streamsRefused{unknown-pod}'), 5);
      },
    ),
  );

  test(
    `${mode}: an identity that an update removes loses its stream, also before it said anything; others go on`,
    onServer(shop, async ({ connect, update, counts }) => {
      const [proxy, silent, other] = [shopIdentity, shopIdentity, otherIdentity].map((identity) => connect({ mode, identity, node: 'x/y' }));
      assert.ok(proxy && silent && other);
      proxy.send('cluster');
      await proxy.next('cluster');
      other.send('cluster');
      await other.next('cluster');
      await silent.status();
      const all = shop();
      update({ ...all, classes: all.classes.filter(({ identity }) => identity === otherIdentity) });
      assert.is((await proxy.ended).code, status.PERMISSION_DENIED);
      assert.is((await silent.ended).code, status.PERMISSION_DENIED);
      assert.equal(await other.unexpected(), []);
      assert.is(counts.get('streamsRefused{identity-removed}'), 2);
    }),
  );

  test(
    `${mode}: a proxy whose class changes gets what is of the new one`,
    onServer(
      () => shop({}, several),
      async ({ connect, update }) => {
        const proxy = connect({ mode, identity: two, node: 'two/svc-1' });
        proxy.send('cluster');
        proxy.ack(await proxy.next('cluster'));
        const [plain, svc] = several;
        assert.ok(plain && svc);
        update(shop({}, [{ ...plain, pods: ['svc-1'] }, { ...svc, pods: [] }]));
        const make = await proxy.next('cluster');
        assert.ok(make.resources.has('plain'));
        proxy.ack(make);
        const broken = await proxy.next('cluster');
        assert.equal([[...broken.resources.keys()], broken.removed], mode === 'sotw' ? [['plain'], []] : [[], ['svc']]);
      },
    ),
  );

  test(
    `${mode}: a stream without certificates is ended, so that the proxy asks again`,
    onServer(shop, async ({ connect, secrets, counts }) => {
      secrets.fail();
      const proxy = connect({ mode, identity: shopIdentity });
      proxy.send('secret', asking(mode, ['workload-certificate']));
      assert.equal(await proxy.ended, { code: status.UNAVAILABLE, details: 'no certificate can be issued now' });
      assert.is(counts.get('streamsRefused{no-secrets}'), 1);
    }),
  );
}

test(
  'what is served belongs to the class, whatever another of the same name holds',
  onServer(
    () => shop({}, [{ key: 'evil/client', identity: 'spiffe://cluster.local/ns/evil/sa/client', pods: ['client-1'], resources: shopMessages({ cluster: { a: cluster(99) } }) }]),
    async ({ connect }) => {
      const evil = connect({ mode: 'delta', identity: 'spiffe://cluster.local/ns/evil/sa/client', node: 'shop/client-1' });
      const good = connect({ mode: 'delta', identity: shopIdentity, node: 'evil/client-1' });
      evil.send('cluster');
      good.send('cluster');
      assert.is.not((await evil.next('cluster')).resources.get('a'), (await good.next('cluster')).resources.get('a'));
    },
  ),
);

test.run();
