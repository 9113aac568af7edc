import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { converge, type ShopType } from './support/converge.ts';
import { onServer, sorted } from './support/on-server.ts';
import { shop, shopIdentity } from './support/shop.ts';
import { cluster, endpoints, listener, route } from './support/test-artifact.ts';

const test = suite('delta');
const client = { mode: 'delta', identity: shopIdentity, node: 'shop/client-1' } as const;

test(
  'no names mean all clusters and all listeners, but nothing of other types',
  onServer(shop, async ({ connect }) => {
    const proxy = connect(client);
    proxy.send('cluster');
    assert.equal(sorted((await proxy.next('cluster')).resources.keys()), ['a', 'b']);
    proxy.send('endpoint');
    proxy.send('route');
    proxy.send('secret');
    assert.equal(await proxy.unexpected(), []);
  }),
);

test(
  'a wildcard without resources is answered, so that nobody waits for them',
  onServer(
    () => shop({ cluster: { a: undefined, b: undefined } }),
    async ({ connect }) => {
      const proxy = connect(client);
      proxy.send('cluster');
      assert.is((await proxy.next('cluster')).resources.size, 0);
    },
  ),
);

test(
  '`*` and names beside it, and back',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    proxy.send('cluster', { resource_names_subscribe: ['b'] });
    const first = await proxy.next('cluster');
    assert.equal([...first.resources.keys()], ['b']);
    proxy.ack(first, { resource_names_subscribe: ['*'] });
    const second = await proxy.next('cluster');
    assert.equal([...second.resources.keys()], ['a']);
    proxy.ack(second);
    // Covered by the wildcard still: it's told so.
    proxy.send('cluster', { resource_names_unsubscribe: ['b'] });
    const third = await proxy.next('cluster');
    assert.equal([...third.resources.keys()], ['b']);
    proxy.ack(third);
    proxy.send('cluster', { resource_names_subscribe: ['a'], resource_names_unsubscribe: ['*'] });
    const fourth = await proxy.next('cluster');
    assert.equal([...fourth.resources.keys()], ['a']);
    proxy.ack(fourth);
    update(shop({ cluster: { a: cluster(3), b: cluster(3) } }));
    assert.equal([...(await proxy.next('cluster')).resources.keys()], ['a']);
  }),
);

test(
  'a name that a wildcard does not cover is answered as removed when it is unsubscribed',
  onServer(shop, async ({ connect }) => {
    const proxy = connect(client);
    proxy.send('cluster', { resource_names_subscribe: ['*', 'nowhere'] });
    const first = await proxy.next('cluster');
    assert.equal([sorted(first.resources.keys()), first.removed], [['a', 'b'], ['nowhere']]);
    proxy.ack(first, { resource_names_unsubscribe: ['nowhere'] });
    assert.equal((await proxy.next('cluster')).removed, ['nowhere']);
  }),
);

test(
  'what is not there is said to be removed, once, and sent when it comes',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    proxy.send('route', { resource_names_subscribe: ['r', 'later'] });
    const first = await proxy.next('route');
    assert.equal([[...first.resources.keys()], first.removed], [['r'], ['later']]);
    proxy.ack(first);
    update(shop());
    assert.equal(await proxy.unexpected(), []);
    update(shop({ route: { later: route('b') } }));
    const second = await proxy.next('route');
    assert.equal([[...second.resources.keys()], second.removed], [['later'], []]);
  }),
);

test(
  'one change: the resource that changed, and only that; a no-op change sends nothing',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    await converge(proxy);
    update(shop());
    assert.equal(await proxy.unexpected(), []);

    update(shop({ endpoint: { a: endpoints(77) } }));
    const endpoint = await proxy.next('endpoint');
    assert.equal([...endpoint.resources.keys()], ['a']);
    proxy.ack(endpoint);
    assert.equal(await proxy.unexpected(), [], 'an endpoint change is EDS only');

    update(shop({ endpoint: { a: endpoints(77) }, route: { s: route('a') } }));
    const routes = await proxy.next('route');
    assert.equal([...routes.resources.keys()], ['s']);
    proxy.ack(routes);
    assert.equal(await proxy.unexpected(), [], 'a route change is RDS only');
  }),
);

test(
  'versions are digests of each resource, the same on every server',
  onServer(shop, async (one) => {
    const versions = await converge(one.connect(client));
    await onServer(
      () => shop({ route: { r: route('b') } }),
      async (two) => {
        const others = await converge(two.connect(client));
        assert.equal(others.cluster.resources, versions.cluster.resources);
        assert.is(others.route.resources.get('s'), versions.route.resources.get('s'));
        assert.is.not(others.route.resources.get('r'), versions.route.resources.get('r'));
      },
    )();
  }),
);

test(
  'a proxy that comes back is sent what it lacks, and told of what is gone',
  onServer(shop, async ({ connect, update }) => {
    const first = connect(client);
    const held = await converge(first);
    const versions = (type: ShopType): object => Object.fromEntries(held[type].resources);
    const again = connect(client);
    again.send('cluster', { initial_resource_versions: versions('cluster') });
    again.send('endpoint', { initial_resource_versions: versions('endpoint'), resource_names_subscribe: ['a', 'b'] });
    again.send('listener', { initial_resource_versions: versions('listener') });
    again.send('route', { initial_resource_versions: versions('route'), resource_names_subscribe: ['r', 's'] });
    assert.equal(await again.unexpected(), [], 'nothing is sent twice');
    update(shop({ route: { r: route('b') } }));
    const changed = await again.next('route');
    assert.equal([...changed.resources.keys()], ['r']);

    const third = connect(client);
    third.send('cluster', { initial_resource_versions: { ...versions('cluster'), gone: 'sha256:1', b: 'sha256:2' } });
    const clusters = await third.next('cluster');
    assert.equal([[...clusters.resources.keys()], clusters.removed], [['b'], ['gone']]);
    third.ack(clusters);
    third.send('route', { initial_resource_versions: versions('route'), resource_names_subscribe: ['r', 's', 'none'] });
    const routes = await third.next('route');
    assert.equal([[...routes.resources.keys()], routes.removed], [['r'], ['none']]);
  }),
);

test(
  'what is subscribed to is sent, also if the proxy seems to hold it',
  onServer(shop, async ({ connect }) => {
    const proxy = connect(client);
    await converge(proxy);
    proxy.send('endpoint', { resource_names_subscribe: ['a'] });
    assert.equal([...(await proxy.next('endpoint')).resources.keys()], ['a']);
  }),
);

test(
  'what is unsubscribed from is not sent',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    await converge(proxy);
    proxy.send('endpoint', { resource_names_unsubscribe: ['a'] });
    assert.equal(await proxy.unexpected(), []);
    update(shop({ endpoint: { a: endpoints(4), b: endpoints(4) } }));
    assert.equal([...(await proxy.next('endpoint')).resources.keys()], ['b']);
  }),
);

test(
  'subscriptions while a response is on its way are answered after it; secrets are asked for twice',
  onServer(shop, async ({ connect, secrets }) => {
    const proxy = connect(client);
    proxy.send('secret', { resource_names_subscribe: ['workload-certificate'] });
    const first = await proxy.next('secret');
    assert.equal([...first.resources.keys()], ['workload-certificate']);
    proxy.send('secret', { resource_names_subscribe: ['trust-bundle'] });
    assert.equal(await proxy.unexpected(), []);
    proxy.ack(first);
    const second = await proxy.next('secret');
    assert.equal([...second.resources.keys()], ['trust-bundle']);
    proxy.ack(second);
    secrets.renew();
    const third = await proxy.next('secret');
    assert.equal([...third.resources.keys()], ['workload-certificate']);
    proxy.ack(third);
    assert.equal(await proxy.unexpected(), []);
    assert.is(secrets.accepted.at(-1), `${shopIdentity} workload-certificate ${third.resources.get('workload-certificate')}`);
  }),
);

test(
  'a trust bundle that a proxy comes back with counts as accepted',
  onServer(shop, async ({ connect, secrets }) => {
    const first = connect(client);
    first.send('secret', { resource_names_subscribe: ['trust-bundle'] });
    const version = (await first.next('secret')).resources.get('trust-bundle');
    first.close();
    const again = connect(client);
    again.send('secret', { resource_names_subscribe: ['trust-bundle'], initial_resource_versions: { 'trust-bundle': version } });
    assert.equal(await again.unexpected(), []);
    assert.equal(secrets.accepted, [`${shopIdentity} trust-bundle ${version}`]);
  }),
);

test(
  'an old nonce answers nothing, but its subscriptions count',
  onServer(shop, async ({ connect, update, counts, ads }) => {
    const proxy = connect(client);
    proxy.send('endpoint', { resource_names_subscribe: ['a'] });
    const first = await proxy.next('endpoint');
    proxy.ack(first);
    update(shop({ endpoint: { a: endpoints(5) } }));
    const second = await proxy.next('endpoint');
    proxy.nack(first, 'late', { resource_names_subscribe: ['b'] });
    assert.equal(await proxy.unexpected(), []);
    assert.equal([counts.get('staleNonces{endpoint}'), counts.get('nacks{endpoint}')], [1, undefined]);
    assert.is(ads.statuses()[0]?.types.endpoint.state, 'STALE');
    proxy.ack(second);
    assert.equal([...(await proxy.next('endpoint')).resources.keys()], ['b']);
  }),
);

test(
  'endpoints follow a cluster that is built anew',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    await converge(proxy);
    update(shop({ cluster: { a: cluster(9) } }));
    const clusters = await proxy.next('cluster');
    assert.equal([...clusters.resources.keys()], ['a']);
    const due = await proxy.next('endpoint');
    assert.equal([...due.resources.keys()], ['a']);
    proxy.ack(clusters);
    proxy.ack(due);
    assert.equal(await proxy.unexpected(), []);

    // A proxy that comes back holds the old cluster and the endpoints, and asks for one after the other.
    const again = connect(client);
    again.send('cluster', { initial_resource_versions: { a: 'sha256:old', b: clusters.resources.get('b') ?? 'sha256:old' } });
    again.ack(await again.next('cluster'));
    again.send('endpoint', { initial_resource_versions: Object.fromEntries(due.resources), resource_names_subscribe: ['a'] });
    assert.equal([...(await again.next('endpoint')).resources.keys()], ['a']);
  }),
);

test(
  'a removed listener is named as removed',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    await converge(proxy);
    update(shop({ listener: { out: undefined, third: listener() } }));
    const response = await proxy.next('listener');
    assert.equal([[...response.resources.keys()], response.removed], [['third'], ['out']]);
    proxy.ack(response);
    assert.equal(await proxy.unexpected(), []);
  }),
);

test.run();
