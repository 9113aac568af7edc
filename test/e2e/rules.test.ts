// Every kind of rule of an HTTPRouteGroup, each method, path and header: what it allows passes, and nothing beside it.
import * as assert from 'uvu/assert';
import type { HttpCall } from '../../demo/pod/http-call.ts';
import type { Pod } from '../../demo/rig/pod.ts';
import { allow } from '../mesh/allow.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import { meshSuite } from '../mesh/mesh-suite.ts';
import { startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
const all = '["*"]';
/** Name, path, methods, headers. */
const matches: readonly (readonly [string, string, string, string?])[] = [
  ...methods.map((method) => [`only-${method.toLowerCase()}`, `/method/${method}`, `["${method}"]`] as const),
  ['several', '/several', '["GET", "PUT"]'],
  ['exact', '/exact', all],
  ['pattern', '/books/[0-9]+/(title|author)', all],
  ['literal-dot', '/v1\\\\.0', all],
  ['header', '/header', all, '[{ x-tenant: "a|b" }]'],
  ['headers', '/headers', all, '[{ x-tenant: "a" }, { x-role: "admin.*" }]'],
];
const policies = allow(
  'shop',
  { server: ['client'] },
  Object.fromEntries(matches.map(([name, path, verbs, headers]) => [name, `pathRegex: "${path}", methods: ${verbs}${headers === undefined ? '' : `, headers: ${headers}`}`])),
);

let mesh: TestMesh;
let client: Pod;

const { test, run } = meshSuite(
  'rules',
  async () => {
    const ports = [{ port: 80, targetPort: 8080 }];
    mesh = await startTestMesh({
      cluster: [describeCluster([{ name: 'shop/server', ports }, { name: 'shop/client', ports }])],
      policies: [{ name: 'policies.yaml', text: policies }],
      programs: ({ name }) => [{ program: 'httpApp', options: { port: 8080, name } }],
    });
    client = mesh.pod('client');
    await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
  },
  () => mesh?.stop(),
);

async function answer(path: string, call: Partial<HttpCall> = {}): Promise<number> {
  return (await client.http({ url: `http://server.shop${path}`, ...call })).status;
}

for (const method of methods) {
  test(`${method} passes where it is allowed, and nowhere else`, async () => {
    const passed = await Promise.all(methods.map(async (allowed) => [allowed, await answer(`/method/${allowed}`, { method })] as const));
    assert.equal(passed, methods.map((allowed) => [allowed, allowed === method ? 200 : 403]));
    assert.is(await answer('/several', { method }), method === 'GET' || method === 'PUT' ? 200 : 403);
    assert.is(await answer('/exact', { method }), 200);
  });
}

for (const [path, status, headers] of [
  ['/exact', 200],
  ['/exact?query=1', 200],
  ['/exact/', 403],
  ['/exact/more', 403],
  ['/exactly', 403],
  ['/more/exact', 403],
  ['/books/12/title', 200],
  ['/books/12/author', 200],
  ['/books/12/price', 403],
  ['/books/x/title', 403],
  ['/books/12/title/x', 403],
  ['/v1.0', 200],
  ['/v1x0', 403],
  ['/header', 403],
  ['/header', 200, { 'x-tenant': 'a' }],
  ['/header', 200, { 'x-tenant': 'b' }],
  ['/header', 403, { 'x-tenant': 'ab' }],
  ['/header', 403, { 'x-tenant': 'A' }],
  ['/headers', 403, { 'x-tenant': 'a' }],
  ['/headers', 403, { 'x-role': 'admin' }],
  ['/headers', 200, { 'x-tenant': 'a', 'x-role': 'administrator' }],
  ['/headers', 403, { 'x-tenant': 'b', 'x-role': 'admin' }],
] as readonly (readonly [string, number, Readonly<Record<string, string>>?])[]) {
  test(`${path} ${headers === undefined ? '' : JSON.stringify(headers)}: ${status}`, async () => {
    assert.is(await answer(path, headers && { headers }), status);
  });
}

run();
