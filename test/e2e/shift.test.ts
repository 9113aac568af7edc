// A split is shifted under load, and no request fails: neither over kept connections nor over a new one for each request.
import * as assert from 'uvu/assert';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceFile } from '../../compiler/index.ts';
import { allow } from '../mesh/allow.ts';
import { describeCluster } from '../mesh/describe-cluster.ts';
import type { LoadCall, LoadResult } from '../mesh/programs/load.ts';
import { meshSuite } from '../mesh/mesh-suite.ts';
import { startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';

const access = allow('shop', { 'web-v1': ['client'], 'web-v2': ['client'] });

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
let mesh: TestMesh;

const { test, run } = meshSuite(
  'shift',
  async () => {
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
  },
  () => mesh?.stop(),
);

async function result(command: 'loadSoFar' | 'loadStop'): Promise<LoadResult> {
  return (await mesh.pod('client').call(command)) as LoadResult;
}

/** Waits until so many requests more have been answered; gives how many by v1 and by v2. */
async function answered(wanted: number): Promise<readonly [number, number]> {
  const count = ({ answers }: LoadResult): readonly [number, number] => [answers['200 web-v1'] ?? 0, answers['200 web-v2'] ?? 0];
  const [one, two] = count(await result('loadSoFar'));
  for (;;) {
    const [oneAfter, twoAfter] = count(await result('loadSoFar'));
    if (oneAfter + twoAfter >= one + two + wanted) {
      return [oneAfter - one, twoAfter - two];
    }
    await sleep(250);
  }
}

/** Waits until requests are shared as the weights say, within five standard deviations, for some hundred requests. */
async function shared(v1: number, v2: number): Promise<void> {
  const seen: string[] = [];
  // The first look may still hold answers from before.
  await answered(50);
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const [first, second] = await answered(400);
    const total = first + second;
    const share = v1 / (v1 + v2);
    seen.push(`${first}/${second}`);
    if (Math.abs(first - total * share) <= 5 * Math.sqrt(total * share * (1 - share))) {
      return;
    }
  }
  assert.unreachable(`the weights ${v1}/${v2} do not come: ${seen.join(', ')}`);
}

for (const [what, call] of [
  ['over kept connections', { keepAlive: true }],
  ['with a connection for each request, POST', { method: 'POST', body: 'x'.repeat(100) }],
] as readonly (readonly [string, Partial<LoadCall>])[]) {
  test(`100/0, 50/50, 0/100 and back at 200 requests a second, ${what}: none fails`, async () => {
    await mesh.pod('client').call('loadStart', { url: 'http://web.shop/', rate: 200, ...call });
    await shared(100, 0);
    for (const [v1, v2] of [[50, 50], [0, 100], [100, 0]] as const) {
      mesh.apply(policies(v1, v2));
      await shared(v1, v2);
    }
    const { sent, answers } = await result('loadStop');
    assert.is((answers['200 web-v1'] ?? 0) + (answers['200 web-v2'] ?? 0), sent, JSON.stringify(answers));
  });
}

run();
