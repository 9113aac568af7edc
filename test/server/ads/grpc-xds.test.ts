// A gRPC client that finds its backends by xDS (@grpc/grpc-js-xds, state of the world). It wants an API listener
// (envoy.config.listener.v3.Listener.api_listener), which sidecars have no use for and smic doesn't compile: so it's given a
// configuration made by hand here.
import { Client, credentials, Server, ServerCredentials, type ServiceError } from '@grpc/grpc-js';
import { register } from '@grpc/grpc-js-xds';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadedArtifact } from '../../../compiler/artifact/loaded-artifact.ts';
import { pushedSince, pushes } from './support/envoy-proxy.ts';
import { shopIdentity } from './support/shop.ts';
import { endpoints, testArtifact } from './support/test-artifact.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

const test = suite('grpc-js-xds');
const same = (bytes: Buffer): Buffer => bytes;
const method = { path: '/test.Who/Ask', requestStream: false, responseStream: false, requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same } as const;

const ads = { ads: {}, resource_api_version: 'V3' };
const router = { name: 'router', typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' } };
const manager = { '@type': 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', stat_prefix: 'x', rds: { route_config_name: 'r', config_source: ads }, http_filters: [router] };
const edsCluster = (more: object = {}): object => ({ type: 'EDS', eds_cluster_config: { eds_config: ads }, lb_policy: 'ROUND_ROBIN', ...more });
const routeTo = (cluster: string): object => ({ virtual_hosts: [{ name: 'all', domains: ['*'], routes: [{ match: { prefix: '' }, route: { cluster } }] }] });
const place = (port: number): object => {
  const [group] = (endpoints(port) as { readonly endpoints: readonly object[] }).endpoints;
  return { endpoints: [{ ...group, locality: { region: 'r' }, load_balancing_weight: 1 }] };
};

async function backend(name: string): Promise<{ readonly port: number; readonly server: Server }> {
  const server = new Server();
  server.addService({ Ask: method }, { Ask: (_: unknown, callback: (error: null, answer: Buffer) => void) => callback(null, Buffer.from(name)) });
  const port = await new Promise<number>((resolve, reject) => server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))));
  return { port, server };
}

test('a gRPC client takes LDS, RDS, CDS and EDS, follows changes, and refuses what is broken', async () => {
  const [one, two, three] = [await backend('one'), await backend('two'), await backend('three')];
  const artifact = (target: string, port = one.port, more: object = {}): LoadedArtifact =>
    testArtifact([
      {
        key: 'shop/client',
        identity: shopIdentity,
        resources: {
          cluster: { first: edsCluster(more), second: edsCluster() },
          endpoint: { first: place(port), second: place(two.port) },
          listener: { backend: { api_listener: { api_listener: manager } } },
          route: { r: routeTo(target) },
        },
      },
    ]);
  const server: TestServer = await startTestServer(artifact('first'), { identity: shopIdentity });
  const bootstrap = {
    xds_servers: [{ server_uri: server.address, channel_creds: [{ type: 'insecure' }], server_features: ['xds_v3'] }],
    node: { id: 'shop/client-1', locality: {} },
  };
  register();
  const client = new Client('xds:///backend', credentials.createInsecure(), { 'grpc.TEST_ONLY_DO_NOT_USE_IN_PROD.xds_bootstrap_config': JSON.stringify(bootstrap) });
  const ask = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const answered = (error: ServiceError | null, answer?: Buffer): void => (error ? reject(error) : resolve(String(answer)));
      client.makeUnaryRequest(method.path, same, same, Buffer.alloc(0), { deadline: Date.now() + 10_000 }, answered);
    });
  const asksUntil = async (answer: string): Promise<void> => {
    for (const deadline = Date.now() + 10_000; (await ask()) !== answer; ) {
      assert.ok(Date.now() < deadline, `no answer from ${answer}`);
    }
  };
  const settled = async (ready: () => boolean): Promise<void> => {
    for (const deadline = Date.now() + 10_000; !ready(); ) {
      assert.ok(Date.now() < deadline, JSON.stringify(server.ads.statuses()));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const stateOf = (type: 'cluster' | 'endpoint'): string | undefined => server.ads.statuses()[0]?.types[type].state;
  try {
    assert.is(await ask(), 'one');
    // Only what it asked for.
    assert.equal(pushes(server), { cluster: 1, endpoint: 1, secret: 0, listener: 1, route: 1 });
    assert.is(server.ads.statuses()[0]?.types.cluster.resources, 1);

    let before = pushes(server);
    server.update(artifact('first', three.port));
    await asksUntil('three');
    assert.equal(pushedSince(server, before), { endpoint: 1 });

    before = pushes(server);
    server.update(artifact('second', three.port));
    await asksUntil('two');
    assert.equal(pushedSince(server, before).route, 1);
    assert.equal(pushedSince(server, before).listener, undefined);

    // Refused by the client: STATIC isn't for it.
    server.update(artifact('first', three.port));
    await asksUntil('three');
    server.update(artifact('first', three.port, { type: 'STATIC', eds_cluster_config: undefined }));
    await settled(() => stateOf('cluster') === 'NACKED');
    before = pushes(server);
    assert.is(await ask(), 'three', 'the last good');
    server.update(artifact('first', one.port, { type: 'STATIC', eds_cluster_config: undefined }));
    await asksUntil('one');
    assert.equal(pushedSince(server, before), { endpoint: 1 });
    assert.equal(server.ads.statuses()[0]?.types.cluster.sources?.map(({ object }) => object), ['Test/first']);
    server.update(artifact('first', one.port));
    await settled(() => stateOf('cluster') === 'SYNCED');
  } finally {
    client.close();
    await server.stop();
    [one, two, three].forEach((each) => each.server.forceShutdown());
  }
});

test.after(() => {
  // The library's own client would go on looking for its server for ever.
  setTimeout(() => process.exit(), 200);
});

test.run();
