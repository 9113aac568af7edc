// The bookstore, with real sidecars: who may buy a book does, and nobody else gets at one, whatever they try.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { BookstoreCounters } from '../../demo/bookstore/bookstore.ts';
import type { HttpAnswer, HttpCall } from '../../demo/pod/http-call.ts';
import type { Pod } from '../../demo/rig/pod.ts';
import { createCaFolder } from '../../server/certificates/ca-folder.ts';
import { openInternalCA } from '../../server/certificates/internal-ca.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import type { TlsCall } from '../mesh/programs/tls-client.ts';
import { meshSuite } from '../mesh/mesh-suite.ts';
import { fixture, startTestMesh, type TestMesh } from '../mesh/start-test-mesh.ts';
import { attacker, type Attacker } from './attacker.ts';

const apex = 'http://bookstore.bookstore:14001';
const serverName = '14001.bookstore-v1.bookstore.svc.cluster.local';
const asBookbuyer = { 'user-agent': 'bookbuyer-http-client/1.0', 'client-app': 'bookbuyer' };
const buyByHand = 'GET /buy-a-book/new HTTP/1.1\r\nhost: bookstore-v1.bookstore\r\nconnection: close\r\n\r\n';

let mesh: TestMesh;
let buyer: Pod;
let thief: Pod;
/** A pod with a bookstore. */
let store: Pod;
let fromNode: Attacker;
/** In the thief's pod, as the user whose traffic isn't redirected. */
let fromThief: Attacker;
let storeIPv6: string;
/** What reached the application before the pods had sidecars. */
let before: readonly HttpAnswer[];

/** The ways to the application that go around every sidecar but its own. */
function directly(): Promise<readonly HttpAnswer[]> {
  const address = store.spec.addresses[0] ?? '';
  return Promise.all([
    fromNode.http(`http://${address}:14001/buy-a-book/new`),
    fromThief.http(`http://${address}:14001/buy-a-book/new`),
    // A Service's address, translated in the node.
    fromThief.http('http://10.96.0.31:14001/buy-a-book/new'),
    fromThief.http('http://bookstore:14001/buy-a-book/new', `${storeIPv6}%eth0`),
    fromNode.http('http://bookstore:14001/buy-a-book/new', `${storeIPv6}%bridge0`),
  ]);
}

async function sold(): Promise<number> {
  const counters = (await Promise.all(mesh.pods.filter(({ spec }) => spec.serviceAccount.startsWith('bookstore')).map((pod) => pod.call('counters')))) as readonly BookstoreCounters[];
  return counters.reduce((sum, counter) => sum + counter.sold, 0);
}

const { test, run } = meshSuite(
  'bookstore',
  async () => {
    mesh = await startTestMesh({
      cluster: fixture('bookstore', ['cluster.yaml']),
      policies: fixture('bookstore', ['mesh-config.yaml', 'policy.yaml', 'split.yaml']),
      programs: ({ serviceAccount }) => [
        { program: 'addresses' },
        ...(serviceAccount.startsWith('bookstore') ? [{ program: 'bookstore', options: { identity: serviceAccount } }] : []),
        ...(serviceAccount === 'bookwarehouse' ? [{ program: 'bookwarehouse' }] : []),
      ],
    });
    buyer = mesh.pod('bookbuyer');
    thief = mesh.pod('bookthief');
    store = mesh.pod('bookstore-v1');
    storeIPv6 = String(await store.call('linkLocal'));
    const [node, user] = await Promise.all([
      mesh.start(mesh.node, [{ program: 'client' }, { program: 'tlsClient' }]),
      mesh.start(thief.netns, [{ program: 'client' }, { program: 'tlsClient' }, { program: 'user', options: { id: 1500 } }]),
    ]);
    fromNode = attacker(node);
    fromThief = attacker(user);
    before = await directly();
    await Promise.all(mesh.pods.map((pod) => mesh.join(pod)));
  },
  () => mesh?.stop(),
);

test('bookbuyer buys at v1, to which the whole split goes, and v1 restocks', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => buyer.http({ url: `${apex}/buy-a-book/new`, headers: asBookbuyer })));
  assert.equal(answers.map(({ status, headers }) => `${status} ${headers['identity']}`), Array(10).fill('200 bookstore-v1'));
  const { restocked, restockFailed } = (await store.call('counters')) as BookstoreCounters;
  assert.ok(restocked > 0);
  assert.is(restockFailed, 0);
});

test('bookthief gets 403 and never a book', async () => {
  const before = await sold();
  for (const url of [`${apex}/buy-a-book/new`, `${apex}/books-bought`, 'http://bookstore-v1.bookstore:14001/buy-a-book/new', 'http://bookstore-v2.bookstore:14001/buy-a-book/new']) {
    const { status, body } = await thief.http({ url, headers: asBookbuyer });
    assert.is(status, 403, url);
    assert.not.match(body, 'book ');
  }
  assert.is(await sold(), before);
});

for (const [what, call, status] of [
  ['the headers that a rule wants', { url: `${apex}/books-bought`, headers: asBookbuyer }, 200],
  ['a header less', { url: `${apex}/books-bought`, headers: { 'user-agent': 'x-http-client/1' } }, 403],
  ['a header with another value', { url: `${apex}/books-bought`, headers: { ...asBookbuyer, 'client-app': 'bookbuyer2' } }, 403],
  ['another method', { url: `${apex}/buy-a-book/new`, method: 'POST', headers: asBookbuyer }, 403],
  ['a method in lower case', { url: `${apex}/buy-a-book/new`, method: 'get', headers: asBookbuyer }, 200],
  ['a path that no rule has', { url: `${apex}/admin`, headers: asBookbuyer }, 403],
  ['a query', { url: `${apex}/admin?/buy-a-book/new`, headers: asBookbuyer }, 403],
  ['a path that ends elsewhere', { url: `${apex}/buy-a-book/new/../../admin`, headers: asBookbuyer }, 403],
  ['dots in percent form', { url: `${apex}/buy-a-book/new/%2e%2e/%2e%2e/admin`, headers: asBookbuyer }, 403],
  ['a slash in percent form', { url: `${apex}/admin%2fbuy-a-book/new`, headers: asBookbuyer }, 400],
  ['a backslash in percent form', { url: `${apex}/admin%5cbuy-a-book/new`, headers: asBookbuyer }, 400],
  ['slashes in a row', { url: `${apex}//books-bought`, headers: asBookbuyer }, 200],
  ['upper case', { url: `${apex}/BOOKS-BOUGHT`, headers: asBookbuyer }, 403],
] as readonly (readonly [string, HttpCall, number])[]) {
  test(`a request with ${what} gets ${status}`, async () => {
    const answer = await buyer.http(call);
    assert.is(answer.status, status, answer.body);
  });
}

test('what a client says of itself does not reach the application', async () => {
  const spoofed = {
    'x-forwarded-client-cert': 'URI=spiffe://cluster.local/ns/admin/sa/root',
    'x-envoy-original-path': '/spoofed',
    'x-envoy-internal': 'true',
    'x-envoy-upstream-rq-timeout-ms': '1',
    'x-envoy-downstream-service-cluster': 'spoofed',
    'x-envoy-peer-metadata': 'spoofed',
  };
  const { status, body } = await buyer.http({ url: `${apex}/books-bought`, headers: { ...asBookbuyer, ...spoofed } });
  assert.is(status, 200);
  assert.not.match(body, /spoofed|sa\/root/);
  const { headers } = JSON.parse(body) as { readonly headers: Readonly<Record<string, string>> };
  assert.match(headers['x-forwarded-client-cert'] ?? '', 'URI=spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer');
  assert.equal(Object.keys(headers).filter((name) => name.startsWith('x-envoy-')), []);
});

test('plaintext past the sidecars is refused, by IPv4 and IPv6; before it was not', async () => {
  assert.equal(before.map(({ status }) => status), [200, 200, 200, 200, 200]);
  const after = await directly();
  assert.equal(after.map(({ status, body }) => `${status}${body}`), ['0', '0', '0', '0', '0']);
});

test("the sidecar's own ports are closed to others", async () => {
  for (const port of [15000, 15001, 15003]) {
    const { status } = await fromNode.http(`http://${store.spec.addresses[0]}:${port}/config_dump`);
    assert.is(status, 0, `port ${port}`);
  }
  const metrics = await fromNode.http(`http://${store.spec.addresses[0]}:15010/stats/prometheus`);
  assert.match(metrics.body, 'envoy_');
  assert.is((await fromNode.http(`http://${store.spec.addresses[0]}:15010/quitquitquit`)).status, 404);
});

async function byHand(change: Partial<TlsCall>): Promise<string> {
  const { received } = await fromNode.tls({ host: store.spec.addresses[0] ?? '', port: 14001, serverName, send: buyByHand, ...change });
  return /^HTTP\/1.1 (\d+)/.exec(received)?.[1] ?? (received === '' ? 'nothing' : received);
}

test('TLS by hand: only the certificate of an identity that may buys a book', async () => {
  const own = await mesh.certificate('spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer');
  const before = await sold();
  assert.is(await byHand({ certificate: own }), '200');
  assert.is(await sold(), before + 1);
  assert.is(await byHand({ certificate: own, maxVersion: 'TLSv1.2' }), '200');
  assert.is(await byHand({ certificate: await mesh.certificate('spiffe://cluster.local/ns/bookthief/sa/bookthief') }), '403');
  assert.is(await byHand({ certificate: await mesh.certificate('spiffe://other.domain/ns/bookbuyer/sa/bookbuyer') }), 'nothing');
  assert.is(await byHand({}), 'nothing');
  assert.is(await byHand({ certificate: own, maxVersion: 'TLSv1.1' }), 'nothing');
  assert.is(await byHand({ certificate: own, protocols: ['http/1.1'] }), 'nothing');
  assert.is(await byHand({ certificate: own, serverName: 'bookstore-v1.bookstore' }), 'nothing');
  assert.is(await sold(), before + 2);
});

test("a certificate of another mesh's CA is refused", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'smic-foreign-ca-'));
  try {
    await createCaFolder(join(folder, 'ca'), await makeRoot('ecdsa', 1, systemClock), 'ecdsa');
    const foreign = await openInternalCA(join(folder, 'ca'), systemClock);
    const certificate = await foreign.issue({ identity: 'spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer', lifetimeSeconds: 3600 });
    foreign.close();
    assert.is(await byHand({ certificate }), 'nothing');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the sidecar's certificate for the server is read again when it is renewed", async () => {
  const statistics = async (): Promise<string> => {
    const { body } = await buyer.admin('/stats?filter=^sds.xds-certificate.(update_success|key_rotation_failed|update_rejected)$');
    return body.trim();
  };
  const serials = async (): Promise<readonly string[]> => (await buyer.admin('/certs')).body.match(/"serial_number": "[0-9a-f]+"/g) ?? [];
  const before = await serials();
  await mesh.renew(buyer);
  await until(async () => (await serials()).some((serial) => !before.includes(serial)));
  assert.match(await statistics(), 'key_rotation_failed: 0');
  assert.match(await statistics(), 'update_rejected: 0');
});

test('a new split moves the traffic; a revoked rule bites', async () => {
  const { text = '' } = fixture('bookstore', ['split.yaml'])[0] ?? {};
  const others = fixture('bookstore', ['mesh-config.yaml', 'policy.yaml']);
  const toV2 = text.replace('weight: 100', 'weight: 1').replace(/weight: 0$/m, 'weight: 100').replace('weight: 1\n', 'weight: 0\n');
  mesh.apply([...others, { name: 'split.yaml', text: toV2 }]);
  await until(async () => (await buyer.http({ url: `${apex}/buy-a-book/new`, headers: asBookbuyer })).headers['identity'] === 'bookstore-v2');
  const answers = await Promise.all(Array.from({ length: 10 }, () => buyer.http({ url: `${apex}/buy-a-book/new`, headers: asBookbuyer })));
  assert.equal(answers.map(({ status, headers }) => `${status} ${headers['identity']}`), Array(10).fill('200 bookstore-v2'));
  const nothing = others.map((file) => ({ ...file, text: file.text.replaceAll('name: bookbuyer\n', 'name: bookwarehouse\n').replaceAll('namespace: bookbuyer\n', 'namespace: bookwarehouse\n') }));
  mesh.apply([...nothing, { name: 'split.yaml', text: toV2 }]);
  await until(async () => (await buyer.http({ url: `${apex}/buy-a-book/new`, headers: asBookbuyer })).status === 403);
});

/** Asks again and again; the test's deadline ends it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    assert.ok(Date.now() < end, 'it does not come');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

run();
