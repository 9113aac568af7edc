import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { writeFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askIssuer } from '../../agent/ask-issuer.ts';
import { makeSigningRequest } from '../../agent/make-signing-request.ts';
import { enrolmentPath } from '../../server/enrolment/enrolment-path.ts';
import { hasOpenssl } from '../certificates/openssl.ts';
import { openAds } from '../server/support/ads-client.ts';
import { bookstoreArtifact } from '../server/support/bookstore-artifact.ts';
import { temporaryFolder } from '../server/support/temporary-folder.ts';
import { makeTestCa } from '../server/support/test-ca.ts';
import { startTestServer, type TestServer } from '../server/support/test-server.ts';
import { waitFor } from '../server/support/wait-for.ts';
import { type KnownPods, knownPods } from './known-pods.ts';

const ca = await makeTestCa();
const artifact = bookstoreArtifact({ v1: 100, v2: 0 });
const buyer = { namespace: 'bookbuyer', name: 'bookbuyer', uid: '0b0f4dbd-6d0e-4d3c-9b8e-6f0b5b1b7a11', serviceAccount: 'bookbuyer' };
const buyerIdentity = 'spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer';
const folder = temporaryFolder();

interface Serving {
  readonly server: TestServer;
  readonly pods: KnownPods;
  /** Sends a body as a client would; gives status and answer. */
  send(body: string, headers?: Readonly<Record<string, string>>, path?: string, method?: string): Promise<{ readonly status: number; readonly answer: string }>;
  /** Asks with a token and a signing request. */
  ask(token: string, signingRequest: string): Promise<{ readonly status: number; readonly reason: unknown; readonly certificate: string }>;
}

function enrolling(use: (serving: Serving) => Promise<void>, lifetimeSeconds?: number): () => Promise<void> {
  return async () => {
    const pods = knownPods();
    pods.set(buyer);
    const server = await startTestServer(ca, artifact, {
      enrolment: { address: { host: '127.0.0.1', port: 0 }, cluster: pods, ...(lifetimeSeconds !== undefined && { lifetimeSeconds }) },
    });
    const { port = 0 } = server.enrolmentAddress ?? {};
    const send: Serving['send'] = (body, headers = {}, path = enrolmentPath, method = 'POST') =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path, method, ca: ca.issuer.trustBundle(), servername: 'smic.smic-system.svc', agent: false, headers: { 'content-type': 'application/json', ...headers } };
        const sent = request(options, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, answer: Buffer.concat(chunks).toString() }));
        });
        sent.on('error', reject);
        sent.end(body);
      });
    const ask: Serving['ask'] = async (token, signingRequest) => {
      const { status, answer } = await send(JSON.stringify({ signingRequest }), { authorization: `Bearer ${token}` });
      const { reason, certificate } = JSON.parse(answer) as { readonly reason?: unknown; readonly certificate?: string };
      return { status, reason, certificate: certificate ?? '' };
    };
    try {
      await use({ server, pods, send, ask });
    } finally {
      await server.close();
    }
  };
}

test(
  'a sidecar exchanges its token: the certificate is for its key, names its pod, and opens its stream and no other',
  enrolling(async ({ server, pods }) => {
    const { privateKey, signingRequest } = await makeSigningRequest();
    const address = server.enrolmentAddress ?? { host: '', port: 0 };
    const issued = await askIssuer({ issuer: address, serverIdentity: server.identity, trustBundle: ca.issuer.trustBundle(), token: pods.token(buyer), signingRequest });
    const certificate = new X509Certificate(issued.certificate);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(privateKey)));
    assert.is(certificate.subjectAltName, `URI:${buyerIdentity}`);
    assert.is(certificate.subject, `OU=bookbuyer\nUID=bookbuyer\nserialNumber=${buyer.uid}`);
    assert.is(issued.trustBundle, ca.issuer.trustBundle());
    assert.is(issued.notAfter, Date.parse(certificate.validTo));
    const left = issued.notAfter - Date.now();
    assert.ok(left > 3_500_000 && left <= 3_600_000, `${left}`);
    const line = server.lines.map((text) => JSON.parse(text)).find(({ msg }) => msg === 'issued a certificate to a pod');
    assert.is(line.pod, 'bookbuyer/bookbuyer');
    assert.is(line.uid, buyer.uid);
    assert.is(line.serial.toUpperCase(), certificate.serialNumber);
    assert.is(await server.metric('smic_enrolments_total', { outcome: 'issued' }), 1);

    const identity = { cert: issued.certificate, key: privateKey, ca: issued.trustBundle };
    const own = openAds(server.adsAddress.port, identity, 'bookbuyer/bookbuyer');
    own.ask('listener');
    await waitFor(() => own.received.has('listener'));
    own.close();
    // The same identity with any other node id is served without a pod in the certificate (see test/server), but not with one.
    for (const node of ['bookbuyer/another', 'bookstore/bookstore-v1', '']) {
      const other = openAds(server.adsAddress.port, identity, node);
      other.ask('listener');
      const { details } = await other.ended;
      assert.match(details, /another pod than that of the certificate, bookbuyer\/bookbuyer/);
      assert.is(other.received.size, 0);
      other.close();
    }
    assert.is(await server.metric('smic_ads_streams_refused_total', { reason: 'foreign-pod' }), 3);
  }),
);

test(
  'who is refused, and why',
  enrolling(async ({ server, pods, ask }) => {
    const { signingRequest } = await makeSigningRequest();
    const refused = async (token: string, status: number, reason: string): Promise<void> => {
      const answer = await ask(token, signingRequest);
      assert.equal([answer.status, answer.reason, answer.certificate], [status, reason, '']);
    };
    await refused('', 401, 'invalid-token');
    await refused('x', 401, 'invalid-token');
    await refused(pods.token(buyer, { audience: 'https://kubernetes.default.svc' }), 401, 'invalid-token');
    await refused(pods.token(buyer, { seconds: -5 }), 401, 'invalid-token');
    assert.is(pods.reviews, 0, 'what a token says of itself is enough to refuse it');
    const [header = '', payload = ''] = pods.token(buyer).split('.');
    await refused(`${header}.${payload}.AAAA`, 401, 'invalid-token');
    assert.is(pods.reviews, 1, 'but never to accept it');
    await refused(pods.token(buyer, { bound: false }), 403, 'unbound-token');
    await refused(pods.token({ ...buyer, uid: 'another' }), 403, 'pod-gone');
    await refused(pods.token({ ...buyer, serviceAccount: 'bookthief' }), 403, 'pod-gone');
    const stranger = { namespace: 'bookbuyer', name: 'x', uid: 'y', serviceAccount: 'nobody' };
    pods.set(stranger);
    await refused(pods.token(stranger), 403, 'not-in-the-mesh');
    const facts = { metadata: { uid: buyer.uid }, spec: { serviceAccountName: buyer.serviceAccount } };
    pods.set(buyer, { ...facts, metadata: { ...facts.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } });
    await refused(pods.token(buyer), 403, 'pod-ending');
    for (const phase of ['Succeeded', 'Failed']) {
      pods.set(buyer, { ...facts, status: { phase } });
      await refused(pods.token(buyer), 403, 'pod-ending');
    }
    const token = pods.token(buyer);
    pods.remove(buyer);
    await refused(token, 403, 'pod-gone');
    pods.away = true;
    await refused(token, 503, 'unavailable');
    // Nothing of a token is in the log.
    assert.not(server.lines.some((line) => line.includes(token.split('.')[1] ?? 'none')));
  }),
);

test(
  'a pod may ask ten times at once, and another pod is none the worse',
  enrolling(async ({ pods, ask }) => {
    const { signingRequest } = await makeSigningRequest();
    const token = pods.token(buyer);
    const statuses = await Promise.all(Array.from({ length: 14 }, async () => (await ask(token, signingRequest)).status));
    assert.equal(statuses.filter((status) => status === 200).length, 10);
    assert.equal(statuses.filter((status) => status === 429).length, 4);
    const thief = { namespace: 'bookthief', name: 'bookthief', uid: 'b', serviceAccount: 'bookthief' };
    pods.set(thief);
    assert.is((await ask(pods.token(thief), signingRequest)).status, 200);
  }),
);

test(
  'what is no request: path, method, type, size, JSON',
  enrolling(async ({ pods, send, ask }) => {
    const token = pods.token(buyer);
    const bearer = { authorization: `Bearer ${token}` };
    assert.is((await send('{}', bearer, '/')).status, 404);
    assert.is((await send('{}', bearer, '/__proto__')).status, 404);
    assert.is((await send('', bearer, enrolmentPath, 'GET')).status, 405);
    assert.is((await send('{}', { ...bearer, 'content-type': 'text/plain' })).status, 415);
    assert.is((await send(JSON.stringify({ signingRequest: 'x'.repeat(20_000) }), bearer)).status, 413);
    assert.is((await send('{}')).status, 401);
    assert.is((await send('{}', { authorization: 'Basic eDp5' })).status, 401);
    for (const body of ['', '{', '[]', '{}', '{"signingRequest":1}', '{"signingRequest":"x"}']) {
      assert.is((await send(body, bearer)).status, 400, body);
    }
    for (const text of ['-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n', '-----BEGIN CERTIFICATE REQUEST-----\nMA==\n-----END CERTIFICATE REQUEST-----\n', `-----BEGIN CERTIFICATE REQUEST-----\n${'MIAw'.repeat(2000)}\n-----END CERTIFICATE REQUEST-----\n`]) {
      assert.equal((await ask(token, text)).reason, 'malformed-request');
    }
    const { signingRequest } = await makeSigningRequest();
    assert.is((await ask(token, signingRequest + signingRequest)).status, 400, 'two requests');
    // One bit of the signature, and it shows nothing.
    const [, body = ''] = /-----\n([^-]*)-----/.exec(signingRequest) ?? [];
    const changed = Buffer.from(body, 'base64');
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    assert.is((await ask(token, `-----BEGIN CERTIFICATE REQUEST-----\n${changed.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`)).status, 400);
    assert.is(pods.reviews, 0);
  }),
);

/** A signing request that OpenSSL makes. */
function opensslRequest(...args: readonly string[]): string {
  execFileSync('openssl', ['req', '-new', '-nodes', '-keyout', join(folder, 'key'), '-out', join(folder, 'csr'), ...args], { stdio: 'pipe' });
  return readFileSync(join(folder, 'csr'), 'utf8');
}

(hasOpenssl() ? test : test.skip)(
  "OpenSSL's requests are taken, and nothing that they ask for but the key; weak and foreign keys are not; OpenSSL takes what comes of it",
  enrolling(async ({ pods, ask }) => {
    const p256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
    const wishes = ['-subj', '/O=smic/CN=smic.smic-system.svc/serialNumber=other', '-addext', 'subjectAltName=URI:spiffe://cluster.local/ns/smic-system/sa/smic,DNS:smic.smic-system.svc', '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=keyCertSign'];
    for (const [args, hash] of [[p256, 'sha256'], [p256, 'sha512'], [['-newkey', 'rsa:2048'], 'sha384']] as const) {
      const { status, certificate } = await ask(pods.token(buyer), opensslRequest(...args, `-${hash}`, ...wishes));
      assert.is(status, 200);
      const issued = new X509Certificate(certificate);
      assert.is(issued.subjectAltName, `URI:${buyerIdentity}`);
      assert.is(issued.subject, `OU=bookbuyer\nUID=bookbuyer\nserialNumber=${buyer.uid}`);
      assert.is(issued.ca, false);
      assert.ok(issued.checkPrivateKey(createPrivateKey(readFileSync(join(folder, 'key'), 'utf8'))));
      writeFileSync(join(folder, 'leaf'), certificate);
      writeFileSync(join(folder, 'roots'), ca.issuer.trustBundle());
      execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', join(folder, 'roots'), join(folder, 'leaf')], { stdio: 'pipe' });
    }
    for (const args of [['-newkey', 'rsa:1024'], ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['-newkey', 'ed25519'], [...p256, '-pkeyopt', 'ec_param_enc:explicit'], ['-newkey', 'rsa:2048', '-sha1']]) {
      const { status, reason } = await ask(pods.token(buyer), opensslRequest(...args, '-subj', '/CN=x'));
      assert.equal([status, reason], [400, 'malformed-request'], args.join(' '));
    }
  }),
);

test('a sidecar sends its token to the server alone', enrolling(async ({ server, pods }) => {
  const { signingRequest } = await makeSigningRequest();
  const issuer = server.enrolmentAddress ?? { host: '', port: 0 };
  const question = { issuer, serverIdentity: server.identity, trustBundle: ca.issuer.trustBundle(), token: pods.token(buyer), signingRequest };
  const fails = async (change: Partial<typeof question>, words: RegExp): Promise<void> => {
    await askIssuer({ ...question, ...change }).then(() => assert.unreachable(), (error: Error) => assert.match(error.message, words));
  };
  const other = await makeTestCa();
  await fails({ trustBundle: other.issuer.trustBundle() }, /self.signed|unable to verify|signature/i);
  other.remove();
  await fails({ serverIdentity: buyerIdentity }, /it is not spiffe:\/\/cluster.local\/ns\/bookbuyer/);
  assert.is(await server.metric('smic_enrolments_total'), 0);
  await fails({ token: 'x' }, /it refuses \(401\): this is not a pod's token/);
}));

test.after(() => {
  ca.remove();
  rmSync(folder, { recursive: true, force: true });
});

test.run();
