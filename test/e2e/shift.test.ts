// A split is shifted under load, and no request fails: neither over kept connections nor over a new one for each request.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFile } from '../../compiler/index.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import type { LoadCall, LoadResult } from '../mesh/programs/load.ts';
import { reporting } from '../mesh/reporting.ts';
import { missingForMesh, startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';

const access = `
apiVersion: specs.smi-spec.io/v1alpha4
kind: HTTPRouteGroup
metadata: { name: all, namespace: shop }
spec:
  matches:
    - { name: everything, pathRegex: ".*", methods: ["*"] }
${['web-v1', 'web-v2']
  .map(
    (name) => `---
apiVersion: access.smi-spec.io/v1alpha3
kind: TrafficTarget
metadata: { name: ${name}, namespace: shop }
spec:
  destination: { kind: ServiceAccount, name: ${name}, namespace: shop }
  rules:
    - { kind: HTTPRouteGroup, name: all, matches: [everything] }
  sources:
    - { kind: ServiceAccount, name: client, namespace: shop }
`,
  )
  .join('')}`;

function policies(v1: number, v2: number): readonly SourceFile[] {
  const split = `
apiVersion: split.smi-spec.io/v1alpha4
kind: TrafficSplit
metadata: { name: web, namespace: shop }
spec:
  service: web
  backends:
    - { service: web-v1, weight: ${v1} }
    - { service: web-v2, weight: ${v2} }
`;
  return [
    { name: 'access.yaml', text: access },
    { name: 'split.yaml', text: split },
  ];
}

const ports = [{ port: 80, targetPort: 8080 }];
const shift = suite('shift');
const test = missingForMesh() === undefined ? shift : shift.skip;

let mesh: TestMesh;

shift.before(
  reporting(async () => {
    if (test !== shift) {
      return;
    }
    mesh = await startTestMesh({
      cluster: [
        describeCluster([
          { name: 'shop/web', ports, replicas: 0 },
          { name: 'shop/web-v1', ports, replicas: 2 },
          { name: 'shop/web-v2', ports, replicas: 2 },
          { name: 'shop/client', ports },
        ]),
      ],
      policies: policies(100, 0),
      programs: ({ serviceAccount }) => (serviceAccount === 'client' ? [{ program: 'load' }] : [{ program: 'httpApp', options: { port: 8080, name: serviceAccount } }]),
    });
    await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
  }),
);

shift.after(() => mesh?.stop());

async function result(command: 'loadSoFar' | 'loadStop'): Promise<LoadResult> {
  return (await mesh.pod('client').call(command)) as LoadResult;
}

/** How many requests v1 and v2 got in the next seconds, once both get any as the weights say. */
async function shares(v1: number, v2: number): Promise<readonly [number, number]> {
  const count = ({ answers }: LoadResult): readonly [number, number] => [answers['200 web-v1'] ?? 0, answers['200 web-v2'] ?? 0];
  for (let attempt = 0; ; attempt += 1) {
    const [one, two] = count(await result('loadSoFar'));
    await sleep(attempt === 0 ? 500 : 2_000);
    const [oneAfter, twoAfter] = count(await result('loadSoFar'));
    const [first, second] = [oneAfter - one, twoAfter - two];
    const isThere = first > 0 === v1 > 0 && second > 0 === v2 > 0;
    if (attempt > 0 && isThere) {
      return [first, second];
    }
    assert.ok(attempt < 10, `the weights ${v1}/${v2} do not come: ${first}/${second}`);
  }
}

for (const [what, call] of [
  ['over kept connections', { keepAlive: true }],
  ['with a connection for each request, POST', { method: 'POST', body: 'x'.repeat(100) }],
] as readonly (readonly [string, Partial<LoadCall>])[]) {
  test(`100/0, 50/50, 0/100 and back at 200 requests a second, ${what}: none fails`, async () => {
    await mesh.pod('client').call('loadStart', { url: 'http://web.shop/', rate: 200, ...call });
    const [all] = await shares(100, 0);
    assert.ok(all > 0);
    mesh.apply(policies(50, 50));
    const [one, two] = await shares(50, 50);
    // Five standard deviations; the first look may hold some requests of before.
    assert.ok(Math.abs(one - two) < 5 * Math.sqrt(one + two) + 20, `${one}/${two}`);
    mesh.apply(policies(0, 100));
    await shares(0, 100);
    mesh.apply(policies(100, 0));
    await shares(100, 0);
    const { sent, answers } = await result('loadStop');
    assert.is((answers['200 web-v1'] ?? 0) + (answers['200 web-v2'] ?? 0), sent, JSON.stringify(answers));
  });
}

shift.run();
