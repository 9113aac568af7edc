// MeshConfig's inboundExternalAuthorization with a real service: it is asked about what the mesh allows, and its word counts.
import * as assert from 'uvu/assert';
import { nodeIPv4 } from '../../demo/rig/network.ts';
import type { CalledProcess } from '../../demo/rig/child.ts';
import type { Pod } from '../../demo/rig/pod.ts';
import { allow } from '../mesh/allow.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import type { GrpcAnswer } from '../mesh/programs/grpc-client.ts';
import { meshSuite } from '../mesh/mesh-suite.ts';
import { startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';

const port = 9191;
const policies = `
apiVersion: config.openservicemesh.io/v1alpha2
kind: MeshConfig
metadata: { name: osm-mesh-config, namespace: osm-system }
spec:
  traffic:
    inboundExternalAuthorization: { enable: true, address: ${nodeIPv4}, port: ${port}, timeout: 10s }
---${allow('shop', { server: ['client'] }, { open: 'pathRegex: "/(open|smic.test.Echo)/?.*", methods: ["*"]' })}`;

let mesh: TestMesh;
let client: Pod;
let authorizer: CalledProcess;

const { test, run } = meshSuite(
  'external authorization',
  async () => {
    mesh = await startTestMesh({
      cluster: [describeCluster([{ name: 'shop/server', ports: [{ port: 80, targetPort: 8080 }, { port: 9000, protocol: 'grpc' }] }, { name: 'shop/client', ports: [{ port: 80, targetPort: 8080 }] }])],
      policies: [{ name: 'policies.yaml', text: policies }],
      programs: ({ serviceAccount, name }) =>
        serviceAccount === 'server' ? [{ program: 'httpApp', options: { port: 8080, name } }, { program: 'grpcApp', options: { port: 9000 } }] : [{ program: 'grpcClient' }],
    });
    client = mesh.pod('client');
    authorizer = await mesh.start(mesh.node, [{ program: 'authorizer', options: { port } }]);
    await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
  },
  () => mesh?.stop(),
);

async function asked(): Promise<readonly string[]> {
  return (await authorizer.call('asked')) as readonly string[];
}

async function post(path: string, body: string): Promise<number> {
  return (await client.http({ url: `http://server.shop${path}`, method: 'POST', body })).status;
}

test('it sees path and body, and what it forbids is refused', async () => {
  assert.is(await post('/open/one', 'a body'), 200);
  const last = (await asked()).at(-1) ?? '';
  assert.match(last, '/open/one');
  assert.match(last, 'a body');
  assert.is(await post('/open/forbidden', ''), 403);
  assert.is(await post('/open/two', 'this is forbidden'), 403);
});

test('it is not asked about what the mesh refuses', async () => {
  const before = (await asked()).length;
  assert.is(await post('/closed', ''), 403);
  assert.is((await asked()).length, before);
});

test('gRPC: a call, and a stream that begins with as much as the service is shown', async () => {
  const target = 'server.shop:9000';
  for (const [command, messages] of [
    ['grpcOnce', ['one', 'two', 'three']],
    // Envoy holds a request back until its end or 8 KiB of it are there: a stream that waits for an answer before would wait for ever.
    ['grpcStream', ['x'.repeat(8192), 'two', 'three']],
  ] as const) {
    assert.equal((await client.call(command, { target, messages })) as GrpcAnswer, { messages, status: 0 }, command);
  }
});

run();
