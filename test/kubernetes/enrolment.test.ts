// Tokens that a real API server makes and reviews, asked about with no more rights than the manifests give.
import { X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { askIssuer } from '../../agent/ask-issuer.ts';
import { makeSigningRequest } from '../../agent/make-signing-request.ts';
import { kubeCluster } from '../../server/enrolment/kube-cluster.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { bookstoreArtifact } from '../server/support/bookstore-artifact.ts';
import { makeTestCa } from '../server/support/test-ca.ts';
import { startTestServer, type TestServer } from '../server/support/test-server.ts';
import { missingForCluster } from './find-kubernetes.ts';
import { type Cluster, startCluster } from './start-cluster.ts';

const enrolment = suite('enrolment with an API server');
const test = missingForCluster() === undefined ? enrolment : enrolment.skip;
const role = 'smic-enrolment';
let cluster: Cluster;
let server: TestServer;
let asker: KubeClient;
const ca = await makeTestCa();

interface TokenOptions {
  readonly audiences?: readonly string[];
  readonly pod?: { readonly name: string; readonly uid: string };
}

/** A token as kubelet asks for it, or, without a pod, as anybody may. */
async function token(namespace: string, serviceAccount: string, { audiences = ['smic'], pod }: TokenOptions): Promise<string> {
  const spec = { audiences, expirationSeconds: 600, ...(pod && { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...pod } }) };
  const { status } = await cluster.client.createSubresource({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: serviceAccount }, 'token', { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata: {}, spec });
  return (status as { readonly token: string }).token;
}

async function createPod(namespace: string, name: string, serviceAccountName: string): Promise<{ readonly name: string; readonly uid: string }> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { serviceAccountName, automountServiceAccountToken: false, containers: [{ name: 'app', image: 'app' }] } };
  const { metadata } = await cluster.client.create(pod);
  return { name, uid: metadata.uid ?? '' };
}

/** The certificate, or why there is none. */
async function enrol(bearer: string): Promise<X509Certificate | string> {
  const { signingRequest } = await makeSigningRequest();
  const issuer = server.enrolmentAddress ?? { host: '', port: 0 };
  try {
    return new X509Certificate((await askIssuer({ issuer, serverIdentity: server.identity, trustBundle: ca.issuer.trustBundle(), token: bearer, signingRequest })).certificate);
  } catch (error) {
    return (error as Error).message;
  }
}

async function refused(bearer: string, why: RegExp): Promise<void> {
  const answer = await enrol(bearer);
  assert.match(typeof answer === 'string' ? answer : 'issued', why);
}

enrolment.before(async () => {
  if (missingForCluster() !== undefined) return;
  cluster = await startCluster();
  for (const name of ['bookbuyer', 'bookstore', 'smic-system']) {
    await cluster.client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  for (const [namespace, name] of [['bookbuyer', 'bookbuyer'], ['bookbuyer', 'nobody'], ['bookstore', 'bookstore-v1'], ['smic-system', 'smic']] as const) {
    await cluster.client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } });
  }
  const rules = [
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  ];
  await cluster.client.create({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: role }, rules });
  await cluster.client.create({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', namespace: 'smic-system', name: 'smic' }],
  });
  asker = cluster.clientWith(await cluster.serviceAccountToken('smic-system', 'smic'));
  server = await startTestServer(ca, bookstoreArtifact({ v1: 100, v2: 0 }), { enrolment: { address: { host: '127.0.0.1', port: 0 }, cluster: kubeCluster(asker) } });
});

enrolment.after(async () => {
  await server?.close();
  asker?.close();
  await cluster?.stop();
  ca.remove();
});

test("a pod's own token gives its certificate; the same token again gives another", async () => {
  const pod = await createPod('bookbuyer', 'buyer-1', 'bookbuyer');
  const bearer = await token('bookbuyer', 'bookbuyer', { pod });
  const [first, second] = [await enrol(bearer), await enrol(bearer)];
  assert.instance(first, X509Certificate);
  assert.instance(second, X509Certificate);
  assert.is((first as X509Certificate).subject, `OU=bookbuyer\nUID=buyer-1\nserialNumber=${pod.uid}`);
  assert.is((first as X509Certificate).subjectAltName, 'URI:spiffe://cluster.local/ns/bookbuyer/sa/bookbuyer');
  const line = server.lines.map((text) => JSON.parse(text)).find(({ uid }) => uid === pod.uid);
  assert.match(line.credential, /^JTI=/);
});

test('all others are refused', async () => {
  const pod = await createPod('bookbuyer', 'buyer-2', 'bookbuyer');
  // For the API server, for somebody else, for nobody's pod.
  await refused(await token('bookbuyer', 'bookbuyer', { pod, audiences: ['https://kubernetes.default.svc.cluster.local'] }), /\(401\)/);
  await refused(await token('bookbuyer', 'bookbuyer', { pod, audiences: ['vault'] }), /\(401\)/);
  await refused(await token('bookbuyer', 'bookbuyer', {}), /\(401\).*not a pod's token/);
  // A token whose claims were changed, and one that was signed by somebody else.
  const [header = '', payload = '', signature = ''] = (await token('bookbuyer', 'bookbuyer', { pod })).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'system:serviceaccount:bookstore:bookstore-v1' })).toString('base64url');
  await refused(`${header}.${forged}.${signature}`, /\(401\).*does not accept/);
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  await refused(`${none}.${payload}.${signature}`, /\(401\).*does not accept/);
  // A service account that the mesh has no configuration for.
  const stranger = await createPod('bookbuyer', 'stranger', 'nobody');
  await refused(await token('bookbuyer', 'nobody', { pod: stranger }), /\(403\).*no proxy class/);
});

test('a token ends with its pod, also where another of the same name has come', async () => {
  const pod = await createPod('bookbuyer', 'buyer-3', 'bookbuyer');
  const bearer = await token('bookbuyer', 'bookbuyer', { pod });
  assert.instance(await enrol(bearer), X509Certificate);
  await cluster.client.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'bookbuyer', name: 'buyer-3' }, { gracePeriodSeconds: 0 });
  await refused(bearer, /\(40[13]\)/);
  const again = await createPod('bookbuyer', 'buyer-3', 'bookbuyer');
  await refused(bearer, /\(40[13]\)/);
  assert.instance(await enrol(await token('bookbuyer', 'bookbuyer', { pod: again })), X509Certificate);
});

test('a pod that is about to end gets no more', async () => {
  const pod = await createPod('bookbuyer', 'buyer-4', 'bookbuyer');
  const reference = { apiVersion: 'v1', kind: 'Pod', namespace: 'bookbuyer', name: 'buyer-4' };
  const bearer = await token('bookbuyer', 'bookbuyer', { pod });
  await cluster.client.patch(reference, { metadata: { finalizers: ['example.com/wait'] } });
  await cluster.client.delete(reference, { gracePeriodSeconds: 0 });
  await refused(bearer, /\(403\).*about to/);
  await cluster.client.patch(reference, { metadata: { finalizers: null } });
});

test('while the API server is away nobody gets a certificate, and afterwards again', async () => {
  const pod = await createPod('bookbuyer', 'buyer-5', 'bookbuyer');
  const bearer = await token('bookbuyer', 'bookbuyer', { pod });
  await cluster.killServer();
  await refused(bearer, /\(503\)/);
  await cluster.startServer();
  assert.instance(await enrol(bearer), X509Certificate);
});

enrolment.run();
