// Kubelet has no certificate of the mesh: its probes are answered all the same, and by the application's real state.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CalledProcess } from '../../demo/rig/child.ts';
import type { HttpAnswer } from '../../demo/pod/http-call.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForMesh, startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';

const probes = suite('probes');
const test = missingForMesh() === undefined ? probes : probes.skip;

let mesh: TestMesh;
let health: CalledProcess;

probes.before(reporting(async () => {
  if (test !== probes) {
    return;
  }
  mesh = await startTestMesh({
    cluster: [describeCluster([{ name: 'shop/server', ports: [{ port: 80, targetPort: 8080 }] }], true)],
    policies: [],
    programs: () => [
      { program: 'httpApp', options: { port: 8080, name: 'first' } },
      { program: 'httpsApp', options: { port: 8443 } },
    ],
  });
  const pod = mesh.pod('server');
  [health] = await Promise.all([
    mesh.start(pod.netns, [{ program: 'grpcHealth', options: { port: 9000, service: 'shop' } }]),
    mesh.start(pod.netns, [{ program: 'httpApp', options: { port: 8081, name: 'second' } }]),
  ]);
  await mesh.join(pod, {
    probes: [
      { kind: 'liveness', container: 'app', http: { port: 8080, path: '/alive?full=1' } },
      { kind: 'liveness', container: 'app-2', http: { port: 8081, path: '/alive' } },
      { kind: 'liveness', container: 'secure', https: { port: 8443, path: '/secure' } },
      { kind: 'readiness', container: 'slow', http: { port: 8080, path: '/?delay=1500' }, timeoutSeconds: 5 },
      { kind: 'readiness', container: 'hasty', http: { port: 8080, path: '/?delay=5000' } },
      { kind: 'readiness', container: 'database', tcp: { port: 3306 }, periodSeconds: 1 },
      { kind: 'startup', container: 'api', grpc: { port: 9000, service: 'shop' }, periodSeconds: 1 },
      { kind: 'startup', container: 'nothing', grpc: { port: 9001 }, periodSeconds: 1 },
    ],
  });
}));

probes.after(() => mesh?.stop());

/** Asks as kubelet does: from the node, by the pod's address. */
async function ask(port: number, path: string, family = 0): Promise<HttpAnswer> {
  const address = mesh.pod('server').spec.addresses[family] ?? '';
  return (await mesh.nodeClient.call('http', { url: `http://kubelet:${port}${path}`, connectTo: address })) as HttpAnswer;
}

/** Asks until the answer is this one. */
async function becomes(port: number, path: string, status: number): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await ask(port, path);
    if (answer.status === status) {
      return;
    }
    assert.ok(Date.now() < end, `${path} gives ${answer.status}, not ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('HTTP: each container its own path, also where one name begins another; by IPv4 and IPv6', async () => {
  for (const family of [0, 1]) {
    const first = await ask(15901, '/osm-liveness-probe/app', family);
    assert.match(first.body, '"url":"/alive?full=1"');
    assert.match(first.body, '"server":"first"');
    const second = await ask(15901, '/osm-liveness-probe/app-2', family);
    assert.match(second.body, '"server":"second"');
  }
});

test('HTTPS, whatever the certificate', async () => {
  const { status, body } = await ask(15901, '/osm-liveness-probe/secure');
  assert.is(`${status} ${body}`, '200 /secure');
});

test("the probe's own timeout holds: more than a second where it says so", async () => {
  assert.is((await ask(15902, '/osm-readiness-probe/slow')).status, 200);
  assert.is((await ask(15902, '/osm-readiness-probe/hasty')).status, 504);
});

test('TCP: fails while nobody listens, and then no more', async () => {
  await becomes(15902, '/osm-readiness-probe/database', 503);
  const database = await mesh.start(mesh.pod('server').netns, [{ program: 'echo', options: { port: 3306 } }]);
  await becomes(15902, '/osm-readiness-probe/database', 200);
  database.stop();
  await becomes(15902, '/osm-readiness-probe/database', 503);
});

test('gRPC: what the health service says', async () => {
  await becomes(15903, '/osm-startup-probe/api', 503);
  await health.call('serving', true);
  await becomes(15903, '/osm-startup-probe/api', 200);
  assert.is((await ask(15903, '/osm-startup-probe/nothing')).status, 503);
});

test('nothing else of the pod is behind these ports', async () => {
  for (const path of ['/', '/alive', '/osm-liveness-probe/', '/osm-liveness-probe/app/more', '/osm-liveness-probe/app-3', '/osm-readiness-probe/database']) {
    assert.is((await ask(15901, path)).status, 404, path);
  }
});

probes.run();
