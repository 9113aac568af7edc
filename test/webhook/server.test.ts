// The webhook's HTTPS, without a cluster: what is asked wrongly, certificates that are renewed, the end.
import { createServer } from 'node:http';
import { request } from 'node:https';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { createKubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { createLog } from '../../server/log.ts';
import { defaultSettings } from '../../webhook/inject/mesh-settings.ts';
import { type RunningWebhook, startWebhook } from '../../webhook/start-webhook.ts';
import { temporaryFolder } from '../server/support/temporary-folder.ts';
import { makeTestCa } from '../server/support/test-ca.ts';
import { waitFor } from '../server/support/wait-for.ts';

const ca = await makeTestCa();
const lines: string[] = [];

/** An API server that has no kinds but Namespace: one, and it is joined. */
async function emptyCluster(): Promise<{ readonly client: KubeClient; close(): void }> {
  const namespace = { metadata: { name: 'shop', labels: { 'openservicemesh.io/monitored-by': 'osm' } } };
  const server = createServer((asked, response) => {
    const { pathname, searchParams } = new URL(asked.url ?? '', 'http://localhost');
    const answer = (value: object, status = 200): void => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (pathname === '/api/v1') answer({ resources: [{ name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['list'] }] });
    else if (pathname !== '/api/v1/namespaces') answer({ kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' }, 404);
    else if (searchParams.get('watch') === null) answer({ metadata: { resourceVersion: '1' }, items: /=(?!shop)/.test(searchParams.get('fieldSelector') ?? '') ? [] : [namespace] });
    else response.writeHead(200).write('');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const access = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, context: undefined, namespace: 'default', credentials: async () => ({ headers: {}, tls: {} }), refresh: async () => {} };
  const client = createKubeClient(access, { userAgent: 'test' });
  const close = (): void => {
    client.close();
    server.close();
    server.closeAllConnections();
  };
  return { client, close };
}

async function writePair(folder: string): Promise<void> {
  const { cert, key } = await ca.issue('spiffe://cluster.local/ns/smic-system/sa/smic-webhook');
  for (const [name, content] of [['tls.key', key], ['tls.crt', cert]] as const) {
    writeFileSync(join(folder, `${name}.new`), content);
    renameSync(join(folder, `${name}.new`), join(folder, name));
  }
}

function serving(use: (webhook: RunningWebhook, folder: string) => Promise<void>): () => Promise<void> {
  return async () => {
    const { client, close } = await emptyCluster();
    const folder = temporaryFolder();
    await writePair(folder);
    const address = { host: '127.0.0.1', port: 0 };
    const webhook = await startWebhook({
      client,
      certificate: { folder },
      address,
      adminAddress: address,
      settings: async () => defaultSettings,
      mesh: { meshName: 'osm', meshNamespace: 'osm-system', trustDomain: 'cluster.local', clusterDomain: 'cluster.local' },
      log: createLog('info', { write: (line: string) => void lines.push(line) }),
    });
    try {
      await waitFor(() => webhook.isReady());
      await use(webhook, folder);
    } finally {
      await webhook.close();
      close();
    }
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function send({ address: { port } }: RunningWebhook, body: string, { path = '/mutate', method = 'POST', type = 'application/json' } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, agent: false, ca: ca.issuer.trustBundle(), checkServerIdentity: () => undefined, headers: { 'content-type': type } };
    const sent = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'web-' }, spec: { containers: [{ name: 'app', image: 'app' }] } };

function review(fields: object = {}, outer: object = {}): string {
  const asked = { uid: 'a-b-c', kind: { group: '', version: 'v1', kind: 'Pod' }, operation: 'CREATE', namespace: 'shop', object: pod, ...fields };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked, ...outer });
}

test(
  'a review is answered by its uid; a pod without name and namespace is one of the request',
  serving(async (webhook) => {
    const { status, text } = await send(webhook, review({ dryRun: true }), { type: 'application/json; charset=utf-8' });
    assert.is(status, 200);
    const { apiVersion, kind, response } = JSON.parse(text);
    assert.equal([apiVersion, kind, response.uid, response.allowed, response.patchType], ['admission.k8s.io/v1', 'AdmissionReview', 'a-b-c', true, 'JSONPatch']);
    const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString()) as readonly object[];
    assert.ok(JSON.stringify(patch).includes('osm-init'));
    assert.match(lines.at(-1) ?? '', /"pod":"shop\/web-…","outcome":"injected","dryRun":true/);
    // What it isn't asked to do.
    for (const fields of [{ operation: 'UPDATE' }, { operation: 'DELETE', object: null }, { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }]) {
      const other = JSON.parse((await send(webhook, review(fields))).text);
      assert.equal(other.response, { uid: 'a-b-c', allowed: true });
    }
    const denied = JSON.parse((await send(webhook, review({ object: { ...pod, metadata: { annotations: { 'openservicemesh.io/sidecar-injection': 'x' } } } }))).text);
    assert.equal([denied.response.allowed, denied.response.status.code, denied.response.status.reason], [false, 403, 'Forbidden']);
  }),
);

test(
  'what is no review: path, method, type, size, JSON, version; a namespace that does not exist is no verdict',
  serving(async (webhook) => {
    assert.is((await send(webhook, review(), { path: '/inject' })).status, 404);
    assert.is((await send(webhook, '', { method: 'GET' })).status, 405);
    assert.is((await send(webhook, review(), { type: 'application/yaml' })).status, 415);
    assert.is((await send(webhook, JSON.stringify({ filler: 'x'.repeat(9 * 2 ** 20) }))).status, 413);
    for (const body of ['', '{', '[]', 'null', '{}', review({}, { apiVersion: 'admission.k8s.io/v1beta1' }), review({ uid: 7 }), review({ operation: 'LOOK' }), review({ kind: 'Pod' })]) {
      assert.is((await send(webhook, body)).status, 400, body.slice(0, 60));
    }
    assert.is((await send(webhook, review({ namespace: 'nowhere' }), { path: '/mutate' })).status, 500);
    assert.is((await send(webhook, '', { path: '/healthz', method: 'GET' })).text, 'ok\n');
    const metrics = await (await fetch(`http://127.0.0.1:${webhook.adminAddress.port}/metrics`)).text();
    assert.match(metrics, /smic_webhook_certificate_days_left 0\.0/);
    assert.is((await fetch(`http://127.0.0.1:${webhook.adminAddress.port}/readyz`)).status, 200);
  }),
);

test(
  'a certificate that is replaced is shown from then on; a key of another is not taken',
  serving(async (webhook, folder) => {
    const shown = async (): Promise<string> => {
      const socket = connect({ host: '127.0.0.1', port: webhook.address.port, ca: ca.issuer.trustBundle(), checkServerIdentity: () => undefined });
      await once(socket, 'secureConnect');
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    const first = await shown();
    await writePair(folder);
    await waitFor(async () => (await shown()) !== first);
    const second = await shown();
    writeFileSync(join(folder, 'tls.key'), (await ca.issue('spiffe://cluster.local/x')).key);
    await waitFor(() => lines.some((line) => line.includes('the key belongs to another certificate')));
    assert.is(await shown(), second);
  }),
);

test(
  'TLS 1.1 is refused',
  serving(async (webhook) => {
    const socket = connect({ host: '127.0.0.1', port: webhook.address.port, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' });
    const [outcome] = await Promise.race([once(socket, 'secureConnect').then(() => ['connected']), once(socket, 'close').then(() => ['refused'])]).catch(() => ['refused']);
    assert.is(outcome, 'refused');
  }),
);

test(
  'a pod does not wait for policy that is being looked at',
  serving(async (webhook) => {
    const policy = (name: string): string => {
      const matches = Array.from({ length: 3000 }, (_, index) => ({ name: `m${index}`, pathRegex: `/${name}/${index}/.*`, methods: ['GET'] }));
      const object = { apiVersion: 'specs.smi-spec.io/v1alpha4', kind: 'HTTPRouteGroup', metadata: { name, namespace: 'shop' }, spec: { matches } };
      return review({ kind: { group: 'specs.smi-spec.io', version: 'v1alpha4', kind: 'HTTPRouteGroup' }, name, object });
    };
    const answers: string[] = [];
    const ask = async (what: string, path: string, text: string): Promise<void> => {
      const { status, text: answer } = await send(webhook, text, { path });
      assert.is(status, 200, answer);
      assert.ok(JSON.parse(answer).response.allowed, answer);
      answers.push(what);
    };
    const asked = Array.from({ length: 30 }, (_, index) => ask('policy', '/validate', policy(`large-${index}`)));
    await Promise.race(asked);
    await Promise.all([...asked, ask('pod', '/mutate', review())]);
    // In one thread it would have come last.
    assert.is.not(answers.at(-1), 'pod');
  }),
);

test('what has been asked is answered before the end, and then nothing listens', async () => {
  await serving(async (webhook) => {
    lines.length = 0;
    const pending = send(webhook, review());
    await waitFor(() => lines.at(-1)?.includes('looked at a pod') ?? false);
    await webhook.close();
    assert.is((await pending).status, 200);
    await send(webhook, review()).then(() => assert.unreachable(), (error: NodeJS.ErrnoException) => assert.is(error.code, 'ECONNREFUSED'));
  })();
});

test.after(() => ca.remove());
test.run();
