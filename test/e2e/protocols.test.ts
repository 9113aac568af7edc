// What applications speak, over two sidecars and mutual TLS: HTTP/1.0 and 1.1, HTTP/2, gRPC, WebSocket, TCP, server-first TCP; a pod that calls itself; headless pods.
import * as assert from 'uvu/assert';
import type { Pod } from '../../demo/rig/pod.ts';
import { allow } from '../mesh/allow.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import type { GrpcAnswer } from '../mesh/programs/grpc-client.ts';
import type { SeenRequest } from '../mesh/programs/http-app.ts';
import { meshSuite } from '../mesh/mesh-suite.ts';
import { startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';

const policies = `${allow('shop', { server: ['client', 'server'], headless: ['client'] })}
---
apiVersion: specs.smi-spec.io/v1alpha4
kind: TCPRoute
metadata: { name: tcp, namespace: shop }
spec:
  matches: { name: tcp, ports: [3306, 7000] }
---
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: server-tcp, namespace: shop }
spec:
  destination: { kind: ServiceAccount, name: server, namespace: shop }
  rules:
    - { kind: TCPRoute, name: tcp }
  sources:
    - { kind: ServiceAccount, name: client, namespace: shop }
`;

const cluster = describeCluster([
  {
    name: 'shop/server',
    ports: [
      { port: 80, targetPort: 8080 },
      { port: 9000, protocol: 'grpc' },
      { port: 7000, protocol: 'tcp' },
      { port: 3306, protocol: 'tcp-server-first' },
    ],
  },
  { name: 'shop/client', ports: [{ port: 80, targetPort: 8080 }] },
  { name: 'shop/stranger', ports: [{ port: 80, targetPort: 8080 }] },
  { name: 'shop/headless', ports: [{ port: 80, targetPort: 80 }], replicas: 2, headless: true },
]);

const greeting = '220 mysql ready\r\n';
let mesh: TestMesh;
let client: Pod;
let server: Pod;
let stranger: Pod;

const { test, run } = meshSuite(
  'protocols',
  async () => {
    mesh = await startTestMesh({
      cluster: [cluster],
      policies: [{ name: 'policies.yaml', text: policies }],
      programs: ({ serviceAccount, name }) =>
        ({
          server: [
            { program: 'httpApp', options: { port: 8080, name } },
            { program: 'grpcApp', options: { port: 9000 } },
            { program: 'echo', options: { port: 3306, greeting } },
          ],
          headless: [{ program: 'httpApp', options: { port: 80, name } }],
        })[serviceAccount] ?? [{ program: 'grpcClient' }, { program: 'h2cClient' }],
    });
    client = mesh.pod('client');
    server = mesh.pod('server');
    stranger = mesh.pod('stranger');
    // Two servers with commands of one name are two processes.
    await mesh.start(server.netns, [{ program: 'echo', options: { port: 7000 } }]);
    await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
  },
  () => mesh?.stop(),
);

function seen(body: string): SeenRequest {
  return JSON.parse(body) as SeenRequest;
}

test('HTTP/1.1 with large bodies both ways', async () => {
  const sent = await client.http({ url: 'http://server.shop/upload', method: 'POST', body: 'x'.repeat(3_000_000) });
  assert.is(sent.status, 200);
  assert.is(seen(sent.body).bodyBytes, 3_000_000);
  const received = await client.http({ url: 'http://server.shop/download?bytes=3000000' });
  assert.is(received.body.length, 3_000_000);
});

test('HTTP/1.0', async () => {
  const { received } = await client.tcp({ host: 'server.shop', port: 80, send: 'GET /old HTTP/1.0\r\nhost: server.shop\r\n\r\n' });
  assert.match(received, /^HTTP\/1\.[01] 200 /);
  assert.match(received, '"url":"/old"');
});

test('WebSocket', async () => {
  const upgrade = 'GET /socket HTTP/1.1\r\nhost: server.shop\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
  const { received, end } = await client.tcp({ host: 'server.shop', port: 80, send: `${upgrade}hello over there`, until: 'hello over there' });
  assert.match(received, /^HTTP\/1\.1 101 /);
  assert.is(end, 'done');
});

test('gRPC: one answer, and a stream that lives', async () => {
  const messages = ['one', 'two', 'three'];
  for (const command of ['grpcOnce', 'grpcStream']) {
    assert.equal((await client.call(command, { target: 'server.shop:9000', messages })) as GrpcAnswer, { messages, status: 0 });
  }
});

test('gRPC by a stranger is refused (PERMISSION_DENIED)', async () => {
  const { messages, status } = (await stranger.call('grpcOnce', { target: 'server.shop:9000', messages: ['one'] })) as GrpcAnswer;
  assert.equal(messages, []);
  assert.is(status, 7);
});

test('TCP: bytes come back', async () => {
  const { received, end } = await client.tcp({ host: 'server.shop', port: 7000, send: 'ping', until: 'ping' });
  assert.is(`${received} ${end}`, 'ping done');
});

test('server-first TCP: the greeting comes unasked, at once', async () => {
  const { received, end } = await client.tcp({ host: 'server.shop', port: 3306, until: greeting });
  assert.is(received, greeting);
  assert.is(end, 'done');
});

test('a stranger sees no byte of a TCP server, which sees no connection', async () => {
  const before = await server.call('connections');
  const { received } = await stranger.tcp({ host: 'server.shop', port: 3306, send: 'let me in' });
  assert.is(received, '');
  assert.is(await server.call('connections'), before);
  // Without its own sidecar's help.
  const [address = ''] = server.spec.addresses;
  const user = await mesh.start(stranger.netns, [{ program: 'client' }, { program: 'tlsClient' }, { program: 'user', options: { id: 1500 } }]);
  const plain = (await user.call('tcp', { host: address, port: 3306, send: 'x' })) as { readonly received: string };
  const identity = (name: string): Promise<unknown> =>
    mesh.certificate(`spiffe://cluster.local/ns/shop/sa/${name}`).then((certificate) =>
      user.call('tls', { host: address, port: 3306, serverName: '3306.server.shop.svc.cluster.local', certificate, send: '' }),
    );
  assert.is(plain.received, '');
  assert.is(((await identity('stranger')) as { readonly received: string }).received, '');
  assert.is(await server.call('connections'), before);
  assert.is(((await identity('client')) as { readonly received: string }).received, greeting);
});

test('a pod calls itself through its Service: by its own sidecar, which says who called', async () => {
  const { status, body } = await server.http({ url: 'http://server.shop/self' });
  assert.is(status, 200);
  assert.match(String(seen(body).headers['x-forwarded-client-cert']), 'URI=spiffe://cluster.local/ns/shop/sa/server');
});

test("a headless Service's pods are reached one by one", async () => {
  for (const pod of mesh.pods.filter(({ spec }) => spec.serviceAccount === 'headless')) {
    const { status, body } = await client.http({ url: 'http://headless.shop/', connectTo: pod.spec.addresses[0] ?? '' });
    assert.is(status, 200, body);
    assert.match(String(seen(body).headers['x-forwarded-client-cert']), 'sa/client');
  }
});

test('HTTP/2 without TLS keeps its version as far as the application', async () => {
  // The gRPC server answers what isn't gRPC with a status of its own, over HTTP/2 only.
  const { status } = (await client.call('h2c', { origin: 'http://server.shop:9000', path: '/' })) as { readonly status: number };
  assert.is(status, 415);
});

run();
