// A mesh with both families: IPv6 goes through the sidecars as IPv4 does, and around them neither.
import * as assert from 'uvu/assert';
import type { HttpAnswer } from '../../demo/pod/http-call.ts';
import type { Pod } from '../../demo/rig/pod.ts';
import { allow } from '../mesh/allow.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import { meshSuite } from '../mesh/mesh-suite.ts';
import { startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';
import { attacker, type Attacker } from './attacker.ts';

const policies = allow('shop', { server: ['client'] });

const ports = [{ port: 8080 }];
let mesh: TestMesh;
let client: Pod;
let server: Pod;
let fromNode: Attacker;
/** In the client's pod, as the user whose traffic isn't redirected. */
let fromClient: Attacker;
let before: readonly HttpAnswer[];

async function directly(): Promise<readonly HttpAnswer[]> {
  const [v4 = '', v6 = ''] = server.spec.addresses;
  const linkLocal = String(await server.call('linkLocal'));
  const url = 'http://server.shop:8080/';
  return Promise.all([
    ...[v4, v6, `${linkLocal}%bridge0`].map((address) => fromNode.http(url, address)),
    ...[v4, v6, `${linkLocal}%eth0`].map((address) => fromClient.http(url, address)),
    // The Service's addresses, translated in the node.
    ...['10.96.0.1', 'fd00:10:96::1'].map((address) => fromClient.http(url, address)),
  ]);
}

const { test, run } = meshSuite(
  'IPv6',
  async () => {
    mesh = await startTestMesh({
      cluster: [describeCluster([{ name: 'shop/server', ports }, { name: 'shop/client', ports }, { name: 'shop/stranger', ports }], true)],
      policies: [{ name: 'policies.yaml', text: policies }],
      programs: ({ name }) => [{ program: 'addresses' }, { program: 'httpApp', options: { port: 8080, name } }],
    });
    client = mesh.pod('client');
    server = mesh.pod('server');
    const programs = [{ program: 'client' }, { program: 'tlsClient' }];
    const [node, user] = await Promise.all([mesh.start(mesh.node, programs), mesh.start(client.netns, [...programs, { program: 'user', options: { id: 1500 } }])]);
    fromNode = attacker(node);
    fromClient = attacker(user);
    before = await directly();
    await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
  },
  () => mesh?.stop(),
);

for (const [family, address] of [['IPv4', '10.96.0.1'], ['IPv6', 'fd00:10:96::1']] as const) {
  test(`who may does, by ${family}; who may not does not`, async () => {
    const allowed = await client.http({ url: 'http://server.shop:8080/', connectTo: address });
    assert.is(allowed.status, 200, allowed.body || allowed.error);
    assert.match(allowed.body, 'URI=spiffe://cluster.local/ns/shop/sa/client');
    const denied = await mesh.pod('stranger').http({ url: 'http://server.shop:8080/', connectTo: address });
    assert.is(denied.status, 403);
  });
}

test('plaintext past the sidecars is refused, by every address; before it was not', async () => {
  assert.equal(before.map(({ status }) => status), Array(8).fill(200));
  assert.equal((await directly()).map(({ status, body }) => `${status}${body}`), Array(8).fill('0'));
});

run();
