import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { converge } from './support/converge.ts';
import { onServer, sorted } from './support/on-server.ts';
import { shop, shopIdentity } from './support/shop.ts';
import { cluster, endpoints, listener, route } from './support/test-artifact.ts';

const test = suite('state of the world');
const client = { mode: 'sotw', identity: shopIdentity, node: 'shop/client-1' } as const;

test(
  'no names mean all clusters and all listeners, but nothing of other types',
  onServer(shop, async ({ connect }) => {
    const proxy = connect(client);
    proxy.send('cluster');
    assert.equal(sorted((await proxy.next('cluster')).resources.keys()), ['a', 'b']);
    proxy.send('listener');
    assert.equal(sorted((await proxy.next('listener')).resources.keys()), ['in', 'out']);
    proxy.send('endpoint');
    proxy.send('route');
    proxy.send('secret');
    assert.equal(await proxy.unexpected(), []);
  }),
);

test(
  '`*` means all, and names beside it change nothing',
  onServer(shop, async ({ connect }) => {
    const proxy = connect(client);
    proxy.send('cluster', { resource_names: ['*', 'a'] });
    const all = await proxy.next('cluster');
    assert.equal(sorted(all.resources.keys()), ['a', 'b']);
    proxy.ack(all, { resource_names: ['*'] });
    assert.equal(await proxy.unexpected(), []);
    // Without `*`, only names that were asked for.
    proxy.ack(all, { resource_names: ['a'] });
    assert.equal(await proxy.unexpected(), []);
  }),
);

test(
  'only what was asked for is sent, also of clusters and listeners',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    proxy.send('cluster', { resource_names: ['b'] });
    const first = await proxy.next('cluster');
    assert.equal([...first.resources.keys()], ['b']);
    proxy.ack(first, { resource_names: ['b'] });
    update(shop({ cluster: { a: cluster(7) } }));
    assert.equal(await proxy.unexpected(), []);
    update(shop({ cluster: { a: cluster(7), b: cluster(7) } }));
    const second = await proxy.next('cluster');
    assert.equal([...second.resources.keys()], ['b']);
    // Once there were names, an empty list means none.
    proxy.ack(second, { resource_names: [] });
    update(shop({ cluster: { b: cluster(8) } }));
    assert.equal(await proxy.unexpected(), []);
  }),
);

test(
  'clusters that are not there are answered by a list without them',
  onServer(shop, async ({ connect }) => {
    const proxy = connect(client);
    proxy.send('listener', { resource_names: ['nowhere'] });
    const response = await proxy.next('listener');
    assert.is(response.resources.size, 0);
    proxy.ack(response, { resource_names: ['nowhere'] });
    assert.equal(await proxy.unexpected(), []);
  }),
);

test(
  'endpoints and routes that are not there are not answered, until they are',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    proxy.send('route', { resource_names: ['later'] });
    assert.equal(await proxy.unexpected(), []);
    update(shop({ route: { later: route('a') } }));
    assert.equal([...(await proxy.next('route')).resources.keys()], ['later']);
  }),
);

test(
  'one connection, one change: the type that changed, and only that',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    await converge(proxy);
    update(shop());
    assert.equal(await proxy.unexpected(), [], 'a no-op change');

    update(shop({ endpoint: { a: endpoints(77) } }));
    const endpoint = await proxy.next('endpoint');
    assert.equal([...endpoint.resources.keys()], ['a']);
    proxy.ack(endpoint, { resource_names: ['a', 'b'] });
    assert.equal(await proxy.unexpected(), [], 'an endpoint change is EDS only');

    update(shop({ endpoint: { a: endpoints(77) }, route: { s: route('a') } }));
    const routes = await proxy.next('route');
    assert.equal([...routes.resources.keys()], ['s']);
    proxy.ack(routes, { resource_names: ['r', 's'] });
    assert.equal(await proxy.unexpected(), [], 'a route change is RDS only');
  }),
);

test(
  'a change to another class wakes nobody here',
  onServer(
    () => shop(),
    async ({ connect, update, counts }) => {
      const proxy = connect(client);
      await converge(proxy);
      const before = counts.get('pushes{cluster}');
      const changed = shop();
      update({ ...changed, classes: changed.classes.map((one) => (one.name === 'other' ? { ...one, resources: one.resources.slice(1) } : one)) });
      assert.equal(await proxy.unexpected(), []);
      assert.is(counts.get('pushes{cluster}'), before);
    },
  ),
);

test(
  'versions are digests: every server gives the same, and a changed resource gives another',
  onServer(shop, async (one) => {
    const versions = await converge(one.connect(client));
    await onServer(shop, async (two) => {
      const others = await converge(two.connect(client));
      assert.is(others.cluster.version, versions.cluster.version);
      assert.is(others.route.version, versions.route.version);
      assert.is(others.endpoint.version, versions.endpoint.version);
      assert.is.not(versions.cluster.version, versions.route.version);
    })();
    await onServer(
      () => shop({ route: { r: route('b') } }),
      async (two) => {
        const others = await converge(two.connect(client));
        assert.is(others.cluster.version, versions.cluster.version);
        assert.is.not(others.route.version, versions.route.version);
      },
    )();
  }),
);

test(
  'a proxy that comes back with what it holds is sent nothing, and changes reach it',
  onServer(shop, async ({ connect, update }) => {
    const first = connect(client);
    const held = await converge(first);
    first.close();
    const again = connect(client);
    again.send('cluster', { version_info: held.cluster.version });
    again.send('endpoint', { version_info: held.endpoint.version, resource_names: ['a', 'b'] });
    again.send('listener', { version_info: held.listener.version });
    again.send('route', { version_info: held.route.version, resource_names: ['s', 'r'] });
    assert.equal(await again.unexpected(), []);
    update(shop({ route: { r: route('b') } }));
    assert.equal([...(await again.next('route')).resources.keys()], ['r']);
  }),
);

test(
  'versions of a partial push are those of all that is held then',
  onServer(shop, async ({ connect, update }) => {
    const first = connect(client);
    await converge(first);
    update(shop({ endpoint: { a: endpoints(77) } }));
    const endpoint = await first.next('endpoint');
    const again = connect(client);
    again.send('endpoint', { version_info: endpoint.version, resource_names: ['a', 'b'] });
    assert.equal(await again.unexpected(), []);
  }),
);

test(
  'a proxy that comes back with something else is sent all of that type',
  onServer(shop, async ({ connect }) => {
    const first = connect(client);
    const held = await converge(first);
    const again = connect(client);
    again.send('cluster', { version_info: 'sha256:old' });
    assert.equal(sorted((await again.next('cluster')).resources.keys()), ['a', 'b']);
    again.send('listener', { version_info: held.listener.version });
    again.send('route', { version_info: 'sha256:old', resource_names: ['r', 's'] });
    assert.equal(sorted((await again.next('route')).resources.keys()), ['r', 's']);
    assert.equal(await again.unexpected(), []);
  }),
);

test(
  'a subscription that grows is sent what is new; secrets are asked for twice',
  onServer(shop, async ({ connect, secrets }) => {
    const proxy = connect(client);
    proxy.send('secret', { resource_names: ['workload-certificate'] });
    const first = await proxy.next('secret');
    assert.equal([...first.resources.keys()], ['workload-certificate']);
    proxy.ack(first, { resource_names: ['workload-certificate'] });
    proxy.send('secret', { version_info: first.version, response_nonce: first.nonce, resource_names: ['workload-certificate', 'trust-bundle'] });
    const second = await proxy.next('secret');
    assert.equal([...second.resources.keys()], ['trust-bundle']);
    assert.is.not(second.version, first.version);
    proxy.ack(second, { resource_names: ['workload-certificate', 'trust-bundle'] });
    assert.equal(await proxy.unexpected(), []);
    assert.equal(secrets.accepted.map((line) => line.split(' ').slice(0, 2).join(' ')), [`${shopIdentity} workload-certificate`, `${shopIdentity} trust-bundle`]);

    secrets.renew();
    assert.equal([...(await proxy.next('secret')).resources.keys()], ['workload-certificate']);
  }),
);

test(
  'names that are asked for before the first answer are answered with it or after it',
  onServer(shop, async ({ connect, secrets }) => {
    const release = secrets.hold();
    const proxy = connect(client);
    proxy.send('secret', { resource_names: ['workload-certificate'] });
    proxy.send('secret', { resource_names: ['workload-certificate', 'trust-bundle'] });
    assert.equal(await proxy.unexpected(), []);
    release();
    assert.equal(sorted((await proxy.next('secret')).resources.keys()), ['trust-bundle', 'workload-certificate']);
  }),
);

test(
  'what is no longer asked for is not sent, and sent again when it is asked for again',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    const held = await converge(proxy);
    proxy.ack(held.endpoint, { resource_names: ['a'] });
    assert.equal(await proxy.unexpected(), []);
    update(shop({ endpoint: { b: endpoints(78) } }));
    assert.equal(await proxy.unexpected(), []);
    proxy.ack(held.endpoint, { resource_names: ['a', 'b'] });
    assert.equal([...(await proxy.next('endpoint')).resources.keys()], ['b']);
  }),
);

test(
  'an old nonce is not answered; the answer to the last one counts',
  onServer(shop, async ({ connect, update, ads, counts }) => {
    const proxy = connect(client);
    proxy.send('cluster');
    const first = await proxy.next('cluster');
    proxy.ack(first);
    update(shop({ cluster: { a: cluster(5) } }));
    const second = await proxy.next('cluster');
    proxy.ack(first);
    proxy.nack(first, 'late');
    assert.equal(await proxy.unexpected(), []);
    assert.is(ads.statuses()[0]?.types.cluster.state, 'STALE');
    assert.is(counts.get('staleNonces{cluster}'), 2);
    assert.is(counts.get('nacks{cluster}'), undefined);
    proxy.ack(second);
    assert.equal(await proxy.unexpected(), []);
    assert.is(ads.statuses()[0]?.types.cluster.state, 'SYNCED');
  }),
);

test(
  'an ACK is told by error_detail, not by its version',
  onServer(shop, async ({ connect, ads, counts }) => {
    const proxy = connect(client);
    proxy.send('cluster');
    const response = await proxy.next('cluster');
    proxy.send('cluster', { response_nonce: response.nonce, version_info: '' });
    assert.equal(await proxy.unexpected(), []);
    assert.is(counts.get('acks{cluster}'), 1);
    assert.is(ads.statuses()[0]?.types.cluster.state, 'SYNCED');
    proxy.send('listener');
    const other = await proxy.next('listener');
    proxy.send('listener', { response_nonce: other.nonce, version_info: other.version, error_detail: {} });
    await proxy.next('listener');
    assert.is(counts.get('nacks{listener}'), 1);
    assert.is(ads.statuses()[0]?.types.listener.state, 'NACKED');
  }),
);

test(
  'a removed listener is missing in the next list',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    await converge(proxy);
    update(shop({ listener: { out: undefined } }));
    const list = await proxy.next('listener');
    assert.equal([...list.resources.keys()], ['in']);
    proxy.ack(list);
    assert.equal(await proxy.unexpected(), []);
  }),
);

test(
  'only the first message has a node',
  onServer(shop, async ({ connect, ads }) => {
    const proxy = connect(client);
    await converge(proxy);
    assert.is(ads.statuses()[0]?.node, 'shop/client-1');
    proxy.send('cluster', { node: { id: 'other/other-1' }, response_nonce: '1' });
    assert.equal(await proxy.unexpected(), []);
    assert.is(ads.statuses()[0]?.node, 'shop/client-1');
  }),
);

test(
  'types that are not served are not answered',
  onServer(shop, async ({ connect, counts }) => {
    const proxy = connect(client);
    proxy.send('cluster', { type_url: 'type.googleapis.com/envoy.service.runtime.v3.Runtime' });
    assert.equal(await proxy.unexpected(), []);
    assert.is(counts.get('requests{other}'), 1);
    proxy.send('cluster');
    await proxy.next('cluster');
  }),
);

test(
  'endpoints follow a cluster that is built anew, also where nobody knows what the proxy held',
  onServer(shop, async ({ connect, update }) => {
    const proxy = connect(client);
    const held = await converge(proxy);
    update(shop({ cluster: { a: cluster(9) } }));
    const clusters = await proxy.next('cluster');
    assert.equal(sorted(clusters.resources.keys()), ['a', 'b']);
    const due = await proxy.next('endpoint');
    assert.equal([...due.resources.keys()], ['a']);
    assert.is(due.version, held.endpoint.version);

    const again = connect(client);
    again.send('cluster', { version_info: held.cluster.version });
    again.send('endpoint', { version_info: held.endpoint.version, resource_names: ['a', 'b'] });
    again.ack(await again.next('cluster'));
    assert.equal(await again.unexpected(), []);
    // As Envoy does for a cluster that warms: the same once more.
    again.send('endpoint', { version_info: held.endpoint.version, resource_names: ['a', 'b'] });
    assert.equal(sorted((await again.next('endpoint')).resources.keys()), ['a', 'b']);
  }),
);

test(
  'holes: clusters have empty endpoints while none are known',
  onServer(
    () => ({ ...shop({ endpoint: { a: undefined } }), holes: ['endpoints'] }),
    async ({ connect }) => {
      const proxy = connect(client);
      proxy.send('endpoint', { resource_names: ['a', 'b', 'listener'] });
      const response = await proxy.next('endpoint');
      assert.equal([...response.resources.keys()], ['a', 'b']);
      assert.is(Buffer.from(response.bytes.get('a') ?? []).toString('latin1'), '\n\x01a');
    },
  ),
);

test(
  'a listener that one proxy shares with others is encoded once and is the same for all',
  onServer(shop, async ({ connect }) => {
    const [one, two] = [connect(client), connect({ ...client, node: 'shop/client-2' })];
    const [a, b] = [await converge(one), await converge(two)];
    assert.equal(a.listener, b.listener);
    assert.equal(sorted(a.listener.resources.keys()), sorted(Object.keys({ in: listener(), out: listener() })));
  }),
);

test.run();
