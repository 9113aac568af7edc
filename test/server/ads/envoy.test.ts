// A real Envoy that gets the bookstore's configuration, in both protocols.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ResourceType, resourceTypes } from '../../../compiler/artifact/artifact.ts';
import { findEnvoy } from '../../runner/find-envoy.ts';
import { bookstoreArtifact } from '../support/bookstore-artifact.ts';
import { type Change, loadedArtifact } from './support/changed-artifact.ts';
import { type EnvoyProxy, pushedSince, pushes, startEnvoyProxy } from './support/envoy-proxy.ts';

const binary = findEnvoy().path;
const test = suite('Envoy');
const check = binary === undefined ? test.skip : test;
const identity = 'spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer';
const node = 'bookbuyer/bookbuyer-5d4f7b9c68-k2xqz';
const v1 = 'bookstore/bookstore-v1|14001';
const v2 = 'bookstore/bookstore-v2|14001';

async function withEnvoy(mode: 'sotw' | 'delta', run: (proxy: EnvoyProxy) => Promise<void>): Promise<void> {
  const proxy = await startEnvoyProxy(loadedArtifact(bookstoreArtifact()), { binary: binary ?? '', mode, identity, node });
  try {
    await proxy.until(({ types }) => resourceTypes.every((type) => types[type].resources > 0) && types.route.resources >= 4 && types.secret.resources === 2);
    await run(proxy);
  } finally {
    await proxy.stop();
  }
}

async function stat({ envoy }: EnvoyProxy, name: string): Promise<number> {
  const page = await envoy.admin(`/stats?filter=${encodeURIComponent(`^${name}$`)}`);
  return Number(page.split(': ')[1]);
}

/** Sums of what Envoy refused, as it counts itself. */
async function rejected({ envoy }: EnvoyProxy): Promise<number> {
  const page = await envoy.admin(`/stats?filter=${encodeURIComponent('update_rejected$')}`);
  return page.split('\n').reduce((sum, line) => sum + Number(line.split(': ')[1] ?? 0), 0);
}

const without = (message: Readonly<Record<string, unknown>>, field: string): object => Object.fromEntries(Object.entries(message).filter(([key]) => key !== field));

const endpointsAt = (port: number): Change => ({
  type: 'endpoint',
  name: v1,
  message: (message) => ({ ...message, endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: '10.1.2.3', port_value: port } } } }] }] }),
});

for (const mode of ['sotw', 'delta'] as const) {
  check(`${mode}: everything is accepted, and each change sends its type only`, () =>
    withEnvoy(mode, async (proxy) => {
      const server = proxy.server();
      assert.equal([await rejected(proxy), await stat(proxy, 'cluster_manager.warming_clusters'), await stat(proxy, 'listener_manager.total_listeners_warming')], [0, 0, 0]);
      assert.equal(proxy.server().ads.statuses().map(({ node: id, mode: own, proxyClass }) => [id, own, proxyClass]), [[node, mode, 'bookbuyer/bookbuyer']]);
      const after = async (what: () => void, ...types: readonly ResourceType[]): Promise<void> => {
        const before = pushes(server);
        what();
        await proxy.until(() => types.every((type) => pushes(server)[type] > before[type]));
        assert.equal(pushedSince(server, before), Object.fromEntries(types.map((type) => [type, 1])));
      };

      await after(() => server.update(loadedArtifact(bookstoreArtifact())));
      await after(() => server.update(loadedArtifact(bookstoreArtifact({ v1: 50, v2: 50 }))), 'route');
      assert.match(await proxy.envoy.admin('/config_dump?resource=dynamic_route_configs'), /"weight": 50/);

      const split = bookstoreArtifact({ v1: 50, v2: 50 });
      await after(() => server.update(loadedArtifact(split, [endpointsAt(4321)])), 'endpoint');
      assert.match(await proxy.envoy.admin('/clusters'), /10\.1\.2\.3:4321/);

      await after(() => server.secrets.renew(), 'secret');

      const slower: Change = { type: 'cluster', name: v1, message: (message) => ({ ...message, connect_timeout: '7s' }) };
      await after(() => server.update(loadedArtifact(split, [endpointsAt(4321), slower])), 'cluster', 'endpoint');
      assert.is(await stat(proxy, 'cluster_manager.warming_clusters'), 0);
      assert.match(await proxy.envoy.admin('/config_dump?resource=dynamic_active_clusters'), /"connect_timeout": "7s"/);
      assert.match(await proxy.envoy.admin('/clusters'), /10\.1\.2\.3:4321/);

      const quiet: Change = { type: 'listener', name: 'outbound-listener', message: (message) => ({ ...message, stat_prefix: 'quiet' }) };
      await after(() => server.update(loadedArtifact(split, [endpointsAt(4321), slower, quiet])), 'listener');
      assert.is(await rejected(proxy), 0);
      assert.equal(resourceTypes.filter((type) => server.counts.get(`nacks{${type}}`)), []);
    }),
  );

  check(`${mode}: new clusters are warm before routes use them, and old ones go when no route does`, () =>
    withEnvoy(mode, async (proxy) => {
      const server = proxy.server();
      // Everything of bookstore-v2 under another name, as after a rename.
      const renamed = loadedArtifact(bookstoreArtifact({ v1: 0, v2: 100 }, (text) => text.replaceAll('bookstore-v2', 'bookstore-v3')));
      const before = pushes(server);
      server.update(renamed);
      await proxy.until(({ types }) => types.cluster.resources === 4 && pushes(server).cluster === before.cluster + 2);
      const clusters = await proxy.envoy.admin('/clusters');
      assert.equal([clusters.includes('bookstore-v2'), clusters.includes('bookstore-v3')], [false, true]);
      assert.is(await rejected(proxy), 0);
    }),
  );

  check(`${mode}: another server takes over, and only the stream's own certificate is sent`, () =>
    withEnvoy(mode, async (proxy) => {
      await proxy.replace(loadedArtifact(bookstoreArtifact()));
      await proxy.until(({ types }) => types.secret.resources === 2 && types.route.state === 'SYNCED' && types.route.resources >= 4);
      assert.equal(pushedSince(proxy.server(), { cluster: 0, endpoint: 0, secret: 0, listener: 0, route: 0 }), { secret: 1 });
      // And one with another artifact.
      const changed: Change = { type: 'cluster', name: v2, message: (message) => ({ ...message, connect_timeout: '9s' }) };
      await proxy.replace(loadedArtifact(bookstoreArtifact({ v1: 10, v2: 90 }), [changed]));
      await proxy.until(({ types }) => types.secret.resources === 2 && types.route.state === 'SYNCED' && pushes(proxy.server()).route > 0);
      assert.is(await stat(proxy, 'cluster_manager.warming_clusters'), 0);
      assert.match(await proxy.envoy.admin('/config_dump?resource=dynamic_active_clusters'), /"connect_timeout": "9s"/);
      assert.is(await rejected(proxy), 0);
    }),
  );

  const broken: Readonly<Record<Exclude<ResourceType, 'secret'>, Change>> = {
    cluster: { type: 'cluster', name: v1, message: (message) => without(message, 'eds_cluster_config') },
    endpoint: { type: 'endpoint', name: v1, message: (message) => ({ ...message, endpoints: [{ lb_endpoints: [{ endpoint: { address: { socket_address: { address: 'no address', port_value: 1 } } } }] }] }) },
    listener: { type: 'listener', name: 'outbound-listener', message: (message) => without(message, 'address') },
    route: {
      type: 'route',
      name: `rds-outbound.${v1}`,
      message: (message) => ({ ...message, virtual_hosts: [1, 2].map((number) => ({ name: `host ${number}`, domains: ['*'] })) }),
    },
  };
  /** A change to another resource of the type, which must get through. */
  const sound: Readonly<Record<Exclude<ResourceType, 'secret'>, Change>> = {
    cluster: { type: 'cluster', name: v2, message: (message) => ({ ...message, connect_timeout: '8s' }) },
    endpoint: { type: 'endpoint', name: v2, message: (message) => ({ ...message, endpoints: [] }) },
    listener: { type: 'listener', name: 'inbound-listener', message: (message) => ({ ...message, stat_prefix: 'sound' }) },
    route: { type: 'route', name: `rds-outbound.${v2}`, message: (message) => ({ ...message, virtual_hosts: [] }) },
  };

  for (const type of ['cluster', 'endpoint', 'listener', 'route'] as const) {
    check(`${mode}: a refused ${type}: the last good stays, the rest gets through, no loop, and the source is told`, () =>
      withEnvoy(mode, async (proxy) => {
        const server = proxy.server();
        const { name } = broken[type];
        const held = server.ads.statuses()[0]?.types[type].resources;
        server.update(loadedArtifact(bookstoreArtifact(), [broken[type], sound[type]]));
        const status = await proxy.until(({ types }) => types[type].state === 'NACKED');
        const expected = loadedArtifact(bookstoreArtifact()).classes.find((one) => one.identity === identity)?.resources.find((one) => one.type === type && one.name === name)?.sources;
        assert.equal(status.types[type].sources, expected, status.types[type].reason);
        assert.is(status.types[type].resources, held);
        assert.ok((expected?.length ?? 0) > 0 && expected?.every(({ file, line }) => file?.endsWith('.yaml') && (line ?? 0) > 0));
        const logged = server.lines.filter(({ level }) => level === 'warn').at(-1);
        assert.equal((logged?.['resources'] as { readonly name: string }[] | undefined)?.map((one) => one.name), [name]);

        // As Envoy sees it: the sound one is there, the broken one is as before.
        const page = { cluster: 'dynamic_active_clusters', endpoint: '', listener: 'dynamic_listeners', route: 'dynamic_route_configs' }[type];
        const seen = type === 'endpoint' ? await proxy.envoy.admin('/clusters') : await proxy.envoy.admin(`/config_dump?resource=${page}`);
        if (type === 'cluster') assert.match(seen, /"connect_timeout": "8s"/);
        if (type === 'listener') assert.match(seen, /"stat_prefix": "sound"/);
        if (type === 'endpoint') assert.match(seen, new RegExp(`${v1.replace('|', '\\|')}::10\\.`));
        if (type === 'route') assert.not.match(seen, /"host 1"/);

        // No loop: a change of another kind goes through, and nothing else has come meanwhile.
        const [before, nacks] = [pushes(server), server.counts.get(`nacks{${type}}`) ?? 0];
        assert.ok(nacks >= 1 && nacks <= 2, `${nacks} refusals`);
        server.secrets.renew();
        await proxy.until(() => pushes(server).secret > before.secret);
        assert.equal(pushedSince(server, before), { secret: 1 });
        assert.is(server.counts.get(`nacks{${type}}`), nacks);

        // Taken back.
        server.update(loadedArtifact(bookstoreArtifact(), [sound[type]]));
        await proxy.until(({ types }) => types[type].state === 'SYNCED');
      }),
    );
  }

  check(`${mode}: a refused secret: the last good stays, no loop, and the next is taken`, () =>
    withEnvoy(mode, async (proxy) => {
      const server = proxy.server();
      const before = pushes(server);
      server.secrets.renew(true);
      const status = await proxy.until(({ types }) => types.secret.state === 'NACKED');
      assert.ok(status.types.secret.reason);
      assert.equal(pushedSince(server, before), { secret: 1 });
      assert.is(server.counts.get('nacks{secret}'), 1);
      assert.ok(!JSON.stringify(server.lines).includes('no certificate, number'));
      server.secrets.renew();
      await proxy.until(({ types }) => types.secret.state === 'SYNCED');
      assert.equal(pushedSince(server, before), { secret: 2 });
    }),
  );
}

test.run();
