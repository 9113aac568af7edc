// Kubelet has no certificate of the mesh: its probes are answered all the same, and by the application's real state.
import * as assert from 'uvu/assert';
import { applyPatch } from 'rfc6902';
import type { CalledProcess } from '../../demo/rig/child.ts';
import type { HttpAnswer } from '../../demo/pod/http-call.ts';
import { inject } from '../../webhook/inject/inject.ts';
import { defaultSettings } from '../../webhook/inject/mesh-settings.ts';
import type { PodObject } from '../../webhook/inject/pod-object.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import { meshSuite } from '../mesh/mesh-suite.ts';
import { startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';

/** As its user wrote it. */
const written: PodObject = {
  spec: {
    containers: [
      {
        name: 'app',
        ports: [{ name: 'http', containerPort: 8080 }],
        livenessProbe: { httpGet: { port: 'http', path: '/alive?full=1' } },
        readinessProbe: { httpGet: { port: 'http', path: '/own', httpHeaders: [{ name: 'Host', value: 'shop.example' }, { name: 'X-Probe', value: '1' }] } },
        startupProbe: { httpGet: { port: 'http', path: '/?redirect=/elsewhere' } },
        lifecycle: { preStop: { httpGet: { port: 'http', path: '/?delay=2500' } } },
      },
      { name: 'app-2', livenessProbe: { httpGet: { port: 8081, path: '/alive' } } },
      { name: 'secure', livenessProbe: { httpGet: { port: 8443, path: '/secure', scheme: 'HTTPS' } } },
      { name: 'slow', readinessProbe: { httpGet: { port: 8080, path: '/?delay=1500' }, timeoutSeconds: 5 } },
      { name: 'hasty', readinessProbe: { httpGet: { port: 8080, path: '/?delay=5000' } } },
      { name: 'database', readinessProbe: { tcpSocket: { port: 3306 }, periodSeconds: 1 } },
      { name: 'api', startupProbe: { grpc: { port: 9000, service: 'shop' }, periodSeconds: 1 } },
      { name: 'nothing', startupProbe: { grpc: { port: 9001 }, periodSeconds: 1 } },
    ],
  },
};

let mesh: TestMesh;
let injected: PodObject;
let health: CalledProcess;

const { test, run } = meshSuite(
  'probes',
  async () => {
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
    const result = inject(written, { name: 'shop', described: undefined }, defaultSettings);
    assert.ok('patch' in result);
    injected = structuredClone(written);
    applyPatch(injected, [...result.patch]);
    const sidecar = injected.spec.initContainers?.find(({ name }) => name === 'envoy');
    await mesh.join(pod, { probes: JSON.parse(sidecar?.env?.find(({ name }) => name === 'SMIC_PROBES')?.value ?? '') });
  },
  () => mesh?.stop(),
);

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

test('what the injector makes of a probe is what the sidecar answers', async () => {
  const [app] = injected.spec.containers;
  for (const get of [app?.livenessProbe?.httpGet, app?.readinessProbe?.httpGet, app?.startupProbe?.httpGet, app?.lifecycle?.preStop?.httpGet]) {
    const { status } = await ask(Number(get?.port), get?.path ?? '');
    assert.ok(status >= 200 && status < 400, `${get?.path} gives ${status}`);
  }
});

test("the Host is the probe's own, or else the pod's address with the container's port; headers come through", async () => {
  const seen = async (port: number, path: string, headers = {}): Promise<Record<string, string>> => {
    const address = mesh.pod('server').spec.addresses[0] ?? '';
    const { body } = (await mesh.nodeClient.call('http', { url: `http://${address}:${port}${path}`, headers })) as HttpAnswer;
    return JSON.parse(body).headers;
  };
  assert.is((await seen(15901, '/osm-liveness-probe/app')).host, `${mesh.pod('server').spec.addresses[0]}:8080`);
  const own = await seen(15902, '/osm-readiness-probe/app', { host: 'shop.example', 'x-probe': '1' });
  assert.equal([own['host'], own['x-probe']], ['shop.example', '1']);
});

test('a redirect is a yes, and leads kubelet nowhere; a hook may take its time', async () => {
  const { status, headers } = await ask(15903, '/osm-startup-probe/app');
  assert.equal([status, headers.location], [302, undefined]);
  assert.is((await ask(15901, '/osm-pre-stop-hook/app')).body, 'late');
});

test("the sidecar's own: Envoy says that it is ready, and nothing else of its admin interface", async () => {
  for (const [port, path] of [[15902, '/osm-readiness-probe/envoy'], [15903, '/osm-startup-probe/envoy']] as const) {
    assert.equal([(await ask(port, path)).status, (await ask(port, path)).body.trim()], [200, 'LIVE']);
    assert.is((await ask(port, `${path}/quitquitquit`)).status, 404);
  }
});

test('nothing else of the pod is behind these ports', async () => {
  for (const path of ['/', '/alive', '/osm-liveness-probe/', '/osm-liveness-probe/app/more', '/osm-liveness-probe/app-3', '/osm-readiness-probe/database']) {
    assert.is((await ask(15901, path)).status, 404, path);
  }
});

run();
