import { createServer, type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resourceTypes } from '../../compiler/artifact/artifact.ts';
import { encodeBundle } from '../../compiler/artifact/bundle.ts';
import type { ProxyStatus } from '../../server/ads/proxy-status.ts';
import { connectClient, openAds } from './support/ads-client.ts';
import { bookstoreArtifact } from './support/bookstore-artifact.ts';
import { startSidecar } from './support/start-sidecar.ts';
import { makeTestCa, shiftedClock, type Identity } from './support/test-ca.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';
import { waitFor } from './support/wait-for.ts';

const binary = process.env['ENVOY_BIN'];
const withEnvoy = binary === undefined ? test.skip : test;
const ca = await makeTestCa();
const [before, after] = [bookstoreArtifact({ v1: 100, v2: 0 }), bookstoreArtifact({ v1: 50, v2: 50 })];
const identityOf = (name: string): string => `spiffe://cluster.local/ns/${name.replace(/-v\d$/, '')}/sa/${name}`;
const buyer = identityOf('bookbuyer');

async function serving(use: (server: TestServer) => Promise<void>, options: Parameters<typeof startTestServer>[2] = {}): Promise<void> {
  const server = await startTestServer(ca, before, options);
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

/** The names of a class's resources of each kind that is shown. */
function namesOf(key: string, type: (typeof resourceTypes)[number]): readonly string[] {
  const proxy = before.classes.find(({ namespace, name }) => `${namespace}/${name}` === key);
  const sets = before.sets.filter(({ name }) => proxy?.sets.includes(name));
  return [...(proxy?.resources ?? []), ...sets.flatMap(({ resources }) => resources)].filter((one) => one.type === type).map(({ name }) => name).sort();
}

function isSynced({ types }: ProxyStatus): boolean {
  return resourceTypes.every((type) => types[type].state === 'SYNCED');
}

for (const protocol of ['delta', 'sotw'] as const) {
  withEnvoy(`a real Envoy gets its configuration, and a new one (${protocol})`, async () => {
    await serving(async (server) => {
      const sidecar = startSidecar({ binary: binary ?? '', pod: 'bookbuyer/bookbuyer', server: { ...server.adsAddress, identity: server.identity }, certificate: await ca.issue(buyer), protocol });
      try {
        const [status] = await waitFor(() => (server.status().proxies.some(isSynced) ? server.status().proxies : undefined));
        assert.is(status?.identity, buyer);
        assert.is(status?.proxyClass, 'bookbuyer/bookbuyer');
        assert.is(status?.mode, protocol);
        assert.ok((status?.certificateUntil ?? 0) > Date.now());
        const held = await waitFor(async () => {
          const found = await sidecar.holds().catch(() => undefined);
          return found?.listeners.length === namesOf('bookbuyer/bookbuyer', 'listener').length ? found : undefined;
        });
        assert.equal(held.listeners, namesOf('bookbuyer/bookbuyer', 'listener'));
        assert.equal(held.clusters, namesOf('bookbuyer/bookbuyer', 'cluster'));
        assert.equal(held.routes, namesOf('bookbuyer/bookbuyer', 'route'));
        assert.equal(held.secrets.filter((name) => !name.startsWith('xds-')), ['trust-bundle', 'workload-certificate']);
        const pushes = await server.metric('smic_ads_pushes_total');
        server.publish(after);
        await waitFor(async () => /"weight": 50\b/.test(await sidecar.admin('/config_dump?resource=dynamic_route_configs')));
        await waitFor(() => server.status().proxies.every(isSynced));
        // Routes only, and once.
        assert.is(await server.metric('smic_ads_pushes_total'), pushes + 1);
        assert.is(await server.metric('smic_ads_nacks_total'), 0);
        assert.is(sidecar.log(), '');
      } finally {
        await sidecar.stop();
      }
    });
  });
}

test('whatever a client says of itself, it gets what its certificate is entitled to', async () => {
  await serving(async (server) => {
    const own = new Set([...resourceTypes.flatMap((type) => namesOf('bookbuyer/bookbuyer', type)), 'trust-bundle', 'workload-certificate']);
    const others = before.classes.flatMap(({ resources }) => resources).filter(({ name }) => !own.has(name));
    assert.ok(others.length > 5);
    for (const node of ['bookstore/bookstore-v1', 'bookthief/bookthief', 'bookstore', '', '../bookstore/bookstore-v1', buyer.replaceAll('bookbuyer', 'bookthief')]) {
      const client = openAds(server.adsAddress.port, await ca.issue(buyer), node);
      for (const type of resourceTypes) {
        client.ask(type, others.filter((resource) => resource.type === type).map(({ name }) => name));
        client.ask(type, ['bookstore/workload-certificate', identityOf('bookstore-v1')]);
        client.ask(type);
      }
      // Asked for last, so whatever was due has come before.
      client.ask('secret', ['workload-certificate', 'trust-bundle']);
      const secret = await waitFor(() => client.received.get('secret')?.get('workload-certificate'));
      await waitFor(() => resourceTypes.every((type) => type === 'secret' || client.received.has(type)));
      for (const [type, resources] of client.received) {
        assert.equal([...resources.keys()].filter((name) => !own.has(name)), [], `${node} ${type}`);
      }
      const [, pem = ''] = /(-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----)/.exec(Buffer.from(secret).toString('latin1')) ?? [];
      const { X509Certificate } = await import('node:crypto');
      assert.is(new X509Certificate(pem).subjectAltName, `URI:${buyer}`);
      client.close();
    }
  });
});

const strangers: Readonly<Record<string, readonly [string, () => Promise<Partial<Identity>>]>> = {
  'no certificate': ['no-certificate', async () => ({ ca: ca.issuer.trustBundle() })],
  'a certificate of another CA': [
    'foreign-certificate',
    async () => {
      const other = await makeTestCa();
      try {
        return { ...(await other.issue(buyer)), ca: ca.issuer.trustBundle() };
      } finally {
        other.remove();
      }
    },
  ],
  'an expired certificate': ['expired-certificate', () => ca.issue(buyer, 60, shiftedClock(-240_000))],
  'another trust domain': ['wrong-trust-domain', () => ca.issue('spiffe://other.example/ns/bookbuyer/sa/bookbuyer')],
  'an unknown identity': ['unknown-identity', () => ca.issue('spiffe://cluster.local/ns/bookbuyer/sa/nobody')],
};

for (const [name, [reason, identity]] of Object.entries(strangers)) {
  test(`${name}: nothing is given, the reason is in the log and in a metric`, async () => {
    await serving(async (server) => {
      const client = openAds(server.adsAddress.port, await identity(), 'bookbuyer/bookbuyer');
      resourceTypes.forEach((type) => client.ask(type));
      await client.ended;
      assert.is(client.received.size, 0);
      client.close();
      const counted = (await server.metric('smic_connections_refused_total', { reason })) + (await server.metric('smic_ads_streams_refused_total', { reason }));
      assert.ok(counted >= 1, reason);
      assert.ok(server.lines.some((line) => JSON.parse(line).reason === reason));
      assert.equal(server.status().proxies, []);
    });
  });
}

test('a broken artifact is refused and the old one serves on; status and metrics say so', async () => {
  await serving(async (server) => {
    const { digest } = server.status().artifact;
    server.publish(encodeBundle(after).subarray(0, 3000));
    await waitFor(() => server.status().artifact.refused);
    assert.is(await server.metric('smic_artifact_refused'), 1);
    assert.is(await server.metric('smic_artifact_loads_total', { outcome: 'refused' }), 1);
    assert.is(server.status().artifact.digest, digest);
    const client = openAds(server.adsAddress.port, await ca.issue(buyer), 'bookbuyer/bookbuyer');
    client.ask('cluster');
    await waitFor(() => client.received.get('cluster')?.size);
    client.close();
    server.publish(after);
    await waitFor(() => server.status().artifact.digest !== digest);
    assert.is(await server.metric('smic_artifact_refused'), 0);
  });
});

test('an artifact of another trust domain is refused', async () => {
  const { compile } = await import('../../compiler/index.ts');
  await serving(async (server) => {
    const { artifact } = compile([], { trustDomain: 'other.example', allowEmpty: true });
    assert.ok(artifact);
    server.publish(artifact);
    assert.match((await waitFor(() => server.status().artifact.refused)).reason, 'trust domain');
  });
});

/** Takes connections for one server or another: what a Service does in front of replicas. */
async function startForwarder(): Promise<{ readonly port: number; to(port: number): void; close(): void }> {
  const open = new Set<Socket>();
  let target = 0;
  const forwarder = createServer((socket) => {
    const out = connect(target, '127.0.0.1');
    for (const [end, other] of [[socket, out], [out, socket]] as const) {
      open.add(end);
      end.on('error', () => other.destroy()).on('close', () => open.delete(end)).pipe(other);
    }
  });
  forwarder.listen(0, '127.0.0.1');
  await once(forwarder, 'listening');
  return {
    port: (forwarder.address() as { port: number }).port,
    to: (port) => (target = port),
    close() {
      forwarder.close();
      open.forEach((socket) => socket.destroy());
    },
  };
}

withEnvoy('two replicas swapped: the second sends again only the certificate, whose key is its own', async () => {
  const first = await startTestServer(ca, before);
  const second = await startTestServer(ca, before);
  const forwarder = await startForwarder();
  forwarder.to(first.adsAddress.port);
  const sidecar = startSidecar({ binary: binary ?? '', pod: 'bookbuyer/bookbuyer', server: { host: '127.0.0.1', port: forwarder.port, identity: first.identity }, certificate: await ca.issue(buyer), protocol: 'delta' });
  try {
    assert.is(first.status().artifact.digest, second.status().artifact.digest);
    await waitFor(() => first.status().proxies.some(isSynced));
    forwarder.to(second.adsAddress.port);
    await first.close();
    await waitFor(() => second.status().proxies.some(isSynced));
    for (const type of resourceTypes) {
      assert.is(await second.metric('smic_ads_pushed_resources_total', { type }), type === 'secret' ? 1 : 0, type);
    }
    assert.is(JSON.parse(await sidecar.admin('/stats?format=json&filter=listener_manager.listener_modified')).stats[0]?.value, 0);
  } finally {
    await sidecar.stop();
    forwarder.close();
    await Promise.all([first.close(), second.close()]);
  }
});

test('closing: not ready, streams end, nothing new is taken', async () => {
  await serving(async (server) => {
    const identity = await ca.issue(buyer);
    const client = openAds(server.adsAddress.port, identity, 'bookbuyer/bookbuyer');
    client.ask('cluster');
    await waitFor(() => client.received.get('cluster')?.size);
    assert.is(await server.page('/readyz'), 'ready\n');
    const closed = server.close();
    assert.is(server.status().state, 'draining');
    const late = openAds(server.adsAddress.port, identity, 'bookbuyer/bookbuyer');
    late.ask('cluster');
    assert.is((await client.ended).code, 0);
    await closed;
    client.close();
    assert.is.not((await late.ended).code, 0);
    assert.is(late.received.size, 0);
    late.close();
  });
});

/** Sends one message and gives what comes back, until `enough`. */
function call(port: number, identity: Identity, path: string, request: Buffer): { readonly answers: Buffer[]; close(): void } {
  const client = connectClient(port, identity);
  const stream = client.makeBidiStreamRequest<Buffer, Buffer>(path, (bytes) => bytes, (bytes) => bytes);
  const answers: Buffer[] = [];
  stream.on('data', (answer: Buffer) => answers.push(answer)).on('error', () => {});
  stream.end(request);
  return {
    answers,
    close() {
      stream.cancel();
      client.close();
    },
  };
}

test('health, which tells when the server is about to end', async () => {
  await serving(async (server) => {
    const identity = await ca.issue(buyer);
    for (const service of ['', 'envoy.service.discovery.v3.AggregatedDiscoveryService']) {
      const name = Buffer.from(service);
      const watch = call(server.adsAddress.port, identity, '/grpc.health.v1.Health/Watch', name.length === 0 ? name : Buffer.concat([Buffer.of(0x0a, name.length), name]));
      await waitFor(() => watch.answers.length > 0);
      // SERVING
      assert.equal([...(watch.answers[0] ?? [])], [0x08, 1]);
      if (service !== '') {
        const closed = server.close();
        await waitFor(() => watch.answers.length > 1);
        // NOT_SERVING
        assert.equal([...(watch.answers[1] ?? [])], [0x08, 2]);
        watch.close();
        await closed;
      }
      watch.close();
    }
  });
});

test('reflection names the services, and describes them', async () => {
  await serving(async (server) => {
    const identity = await ca.issue(buyer);
    const list = call(server.adsAddress.port, identity, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', Buffer.of(0x3a, 1, 0x2a));
    await waitFor(() => list.answers.length > 0);
    const symbol = Buffer.from('envoy.service.discovery.v3.AggregatedDiscoveryService');
    const describe = call(server.adsAddress.port, identity, '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', Buffer.concat([Buffer.of(0x22, symbol.length), symbol]));
    await waitFor(() => describe.answers.length > 0);
    for (const name of ['envoy.service.discovery.v3.AggregatedDiscoveryService', 'envoy.service.status.v3.ClientStatusDiscoveryService', 'grpc.health.v1.Health']) {
      assert.match(String(list.answers[0]), name);
    }
    assert.match(String(describe.answers[0]), 'DeltaAggregatedResources');
    list.close();
    describe.close();
  });
});

test('no page of the admin endpoint and no line of the log holds a key or a certificate', async () => {
  await serving(async (server) => {
    const client = openAds(server.adsAddress.port, await ca.issue(buyer), 'bookbuyer/bookbuyer');
    client.ask('secret', ['workload-certificate', 'trust-bundle']);
    await waitFor(() => client.received.get('secret')?.get('workload-certificate'));
    const pages = await Promise.all(['/', '/healthz', '/readyz', '/metrics', '/status', '/proxies'].map(server.page));
    client.close();
    const text = [...pages, ...server.lines].join('\n');
    assert.match(text, 'bookbuyer/bookbuyer');
    assert.not.match(text, /BEGIN|PRIVATE|MIG[A-Z]/);
  });
});

test.after(() => ca.remove());
test.run();
