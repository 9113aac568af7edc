// A node whose pods run: what Kubernetes promises of containers, volumes, probes and Services holds here too.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NewObject } from '../../../server/kubernetes/client/kube-object.ts';
import { until } from '../../e2e/under-load/until.ts';
import { reporting } from '../../mesh/reporting.ts';
import { missingForMesh } from '../../mesh/start-test-mesh.ts';
import { missingForCluster } from '../find-kubernetes.ts';
import { isReady } from '../pod-readiness.ts';
import type { RunningPod } from './run-pod.ts';
import { startNode, type TestNode } from './start-node.ts';

const node = suite('node');
const test = missingForMesh() === undefined && missingForCluster() === undefined ? node : node.skip;

let machine: TestNode;

node.before(
  reporting(async () => {
    if (test !== node) {
      return;
    }
    machine = await startNode({
      image: (name) => (name === 'web' ? { programs: (pod) => [{ program: 'client' }, { program: 'httpApp', options: { port: 8080, name: pod.metadata.name } }] } : { mounts: [{ source: process.execPath, target: '/usr/local/bin/node', readOnly: true }] }),
    });
    const { client } = machine.cluster;
    await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await client.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'words', namespace: 'shop' }, data: { greeting: 'hello' } });
    await until('the service account', () => client.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' }).catch(() => undefined));
  }),
);

node.after(() => machine?.stop());

const web = { name: 'web', image: 'web', ports: [{ name: 'http', containerPort: 8080 }] };

async function apply(object: NewObject): Promise<void> {
  await machine.cluster.client.apply(object, { force: true });
}

function pod(name: string, spec: object): NewObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { app: name } }, spec };
}

async function statusOf(name: string): Promise<{ readonly phase?: string; readonly message?: string }> {
  const { status } = await machine.cluster.client.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name });
  return status as Awaited<ReturnType<typeof statusOf>>;
}

/** Waits until all its containers have ended well. */
async function succeeded(name: string): Promise<void> {
  await until(`${name} ends`, async () => {
    const { phase, message } = await statusOf(name);
    assert.is(message, undefined);
    assert.is.not(phase, 'Failed');
    return phase === 'Succeeded';
  });
}

async function becomesReady(name: string): Promise<void> {
  await until(`${name} is ready`, async () => isReady(await machine.cluster.client.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name })));
}

function running(name: string): RunningPod {
  const [found] = machine.podsOf('shop', name);
  assert.ok(found, `no pod of ${name} runs`);
  return found as RunningPod;
}

test('a container has the user, the rights, the files and the environment that its pod says', async () => {
  const report = [
    'id -u; id -g; id -G; cat /words/greeting; echo; cat /words/name; echo; cat /made/file; echo "$NAMED $POD_IP"',
    'grep CapBnd /proc/self/status; grep NoNewPrivs /proc/self/status',
    'touch /usr/x 2>/dev/null || echo read-only; touch /words/x 2>/dev/null || echo read-only; ls /proc | grep -c "^[0-9]"',
    'cat /var/run/secrets/kubernetes.io/serviceaccount/namespace; echo; cat /var/run/secrets/kubernetes.io/serviceaccount/token',
  ].join('\n');
  await apply(
    pod('limits', {
      restartPolicy: 'Never',
      securityContext: { fsGroup: 2000 },
      volumes: [
        { name: 'words', projected: { sources: [{ configMap: { name: 'words' } }, { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } }] } },
        { name: 'made', emptyDir: {} },
      ],
      initContainers: [{ name: 'first', image: 'machine', command: ['/bin/sh', '-c', 'echo made >/made/file'], volumeMounts: [{ name: 'made', mountPath: '/made' }] }],
      containers: [
        {
          name: 'report',
          image: 'machine',
          command: ['/bin/sh', '-c'],
          args: [`{ ${report}\n} >/made/report`],
          env: [
            { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'OTHER', value: 'named' },
            { name: 'NAMED', value: '$(OTHER)' },
          ],
          securityContext: { runAsUser: 1234, runAsGroup: 1235, runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          volumeMounts: [
            { name: 'words', mountPath: '/words', readOnly: true },
            { name: 'made', mountPath: '/made' },
          ],
        },
        { name: 'wait', image: 'machine', command: ['/bin/sh', '-c', 'until [ -s /made/report ]; do sleep 0.1; done; sleep 0.2; cat /made/report'], volumeMounts: [{ name: 'made', mountPath: '/made' }] },
      ],
    }),
  );
  const { place } = await until('it runs', () => machine.podsOf('shop', 'limits')[0]);
  await succeeded('limits');
  const said = running('limits').containerLog('wait').trim().split('\n');
  const token = JSON.parse(Buffer.from(said.pop()?.split('.')[1] ?? '', 'base64url').toString()) as { readonly sub: string; readonly 'kubernetes.io': { readonly pod: { readonly name: string } } };
  assert.is(token.sub, 'system:serviceaccount:shop:default');
  assert.is(token['kubernetes.io'].pod.name, 'limits');
  assert.equal(said, [
    '1234',
    '1235',
    '1235 2000',
    'hello',
    'limits',
    'made',
    `named ${place.address}`,
    'CapBnd:\t0000000000000000',
    'NoNewPrivs:\t1',
    'read-only',
    'read-only',
    '3',
    'shop',
  ]);
});

test('nothing that a container writes stays on the machine', async () => {
  await apply(pod('writer', { restartPolicy: 'Never', containers: [{ name: 'writer', image: 'machine', command: ['/bin/sh', '-c', 'echo x >/usr/smic-test-leftover && ls /usr/smic-test-leftover'] }] }));
  await succeeded('writer');
  assert.match(running('writer').containerLog('writer'), 'smic-test-leftover');
  assert.throws(() => readFileSync('/usr/smic-test-leftover'), /ENOENT/);
});

test('init containers run one after the other; a sidecar holds what follows until it has started, and ends last', async () => {
  const say = (word: string): string => `echo ${word} >>/log/log`;
  const volumeMounts = [{ name: 'log', mountPath: '/log' }];
  const shell = (name: string, script: string): object => ({ name, image: 'machine', command: ['/bin/sh', '-c', script], volumeMounts });
  await apply(
    pod('order', {
      restartPolicy: 'Never',
      volumes: [{ name: 'log', emptyDir: {} }],
      initContainers: [
        shell('a', `sleep 0.2; ${say('a')}`),
        {
          ...shell('side', `trap '${say('side-ends')}; exit' TERM; sleep 0.3; ${say('side')}; touch /log/started; while :; do sleep 0.05; done`),
          restartPolicy: 'Always',
          startupProbe: { exec: { command: ['/usr/bin/test', '-e', '/log/started'] } },
        },
        shell('b', say('b')),
      ],
      containers: [{ ...(shell('main', `${say('main')}; sleep 0.3; ${say('main-ends')}`) as { readonly name: string }), lifecycle: { postStart: { exec: { command: ['/bin/sh', '-c', say('hook')] } } } }],
    }),
  );
  const started = await until('it runs', () => machine.podsOf('shop', 'order')[0]);
  await succeeded('order');
  const log = readFileSync(join(started.place.folder, 'volumes', 'log', 'log'), 'utf8').trim().split('\n');
  assert.equal(log.filter((word) => word !== 'hook'), ['a', 'side', 'b', 'main', 'main-ends', 'side-ends']);
  assert.is(log.filter((word) => word === 'hook').length, 1);
});

test('a pod reaches another by the name of its Service as soon as that is ready, and the node does too', async () => {
  await apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } });
  await apply(pod('caller', { containers: [web] }));
  await apply(pod('web', { containers: [{ ...web, readinessProbe: { httpGet: { path: '/', port: 'http' } } }] }));
  await becomesReady('caller');
  await becomesReady('web');
  const answer = async (): Promise<string> => (await running('caller').http({ url: 'http://web.shop/' })).body;
  assert.match(await until('an answer', answer), '"server":"web"');
  const { spec } = await machine.cluster.client.get({ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' });
  const url = `http://${(spec as { readonly clusterIP: string }).clusterIP}/`;
  assert.match(JSON.stringify(await machine.process.call('http', { url })), 'server');
});

test('a pod reaches the API server with the token that it has', async () => {
  const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
  const script = `
    const { readFileSync } = require('node:fs');
    const ca = readFileSync('${folder}/ca.crt');
    const authorization = 'Bearer ' + readFileSync('${folder}/token');
    const { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port } = process.env;
    require('node:https').get({ hostname, port, path: '/apis/apps/v1/namespaces/shop/deployments', ca, headers: { authorization } }, (answer) => answer.pipe(process.stdout));
  `;
  await apply(pod('client', { restartPolicy: 'Never', containers: [{ name: 'client', image: 'node', command: ['node', '-e', script] }] }));
  await succeeded('client');
  assert.match(running('client').containerLog('client'), 'system:serviceaccount:shop:default\\" cannot list resource');
});

test('a pod that is deleted does what it must before it ends, and its namespace goes', async () => {
  await apply(
    pod('leaver', {
      volumes: [{ name: 'shared', configMap: { name: 'words' } }],
      containers: [{ ...web, lifecycle: { preStop: { httpGet: { port: 8080, path: '/bye' } } } }],
    }),
  );
  await becomesReady('leaver');
  const { place } = running('leaver');
  await machine.cluster.client.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'leaver' });
  await until('it is gone', async () => statusOf('leaver').then(() => false, () => true));
  assert.equal(machine.podsOf('shop', 'leaver'), []);
  assert.not.ok(existsSync(join('/run/netns', place.netns)));
  assert.not.ok(existsSync(place.folder));
});

node.run();
