import { collectDefaultMetrics, Registry } from 'prom-client';
import type { NamespaceFacts } from '../compiler/mesh/sidecar-rule.ts';
import { startPages, words } from '../server/admin/pages.ts';
import { openInternalCA } from '../server/certificates/internal-ca.ts';
import { systemClock } from '../server/certificates/system-clock.ts';
import { type HttpsAnswer, type HttpsRoute, startHttpsServer, type HttpsCredentials } from '../server/https/https-server.ts';
import type { KubeClient } from '../server/kubernetes/client/kube-client.ts';
import { type ClusterWatch, watchCluster } from '../server/kubernetes/watch-cluster.ts';
import { watchedKinds } from '../server/kubernetes/watched-kinds.ts';
import { errorWords, type Log } from '../server/log.ts';
import type { Address } from '../server/serve-options.ts';
import { openCertificateFiles } from '../server/tls/certificate-files.ts';
import { openServerCertificate } from '../server/tls/server-certificate.ts';
import { admitPod } from './admission/admit-pod.ts';
import { meshFacts, namespaceFacts } from './admission/mesh-facts.ts';
import { startPolicyJudge } from './admission/policy-judge.ts';
import type { ObjectChange } from './admission/policy-messages.ts';
import { type AdmissionRequest, readReview, reviewOf, type Verdict } from './admission/review.ts';
import { webhookMetrics } from './admission/webhook-metrics.ts';
import type { MeshSettings } from './inject/mesh-settings.ts';
import { names, paths } from './names.ts';

export interface WebhookOptions {
  readonly client: KubeClient;
  /** Folder of tls.crt and tls.key, or folder of a CA that issues a certificate for these names. */
  readonly certificate: { readonly folder: string } | { readonly ca: string; readonly dnsNames: readonly string[] };
  readonly address: Address;
  readonly adminAddress: Address;
  /** What pods are given; the MeshConfig comes from the cluster. Read for each pod: a root may be rotated. */
  readonly settings: () => Promise<Omit<MeshSettings, 'config'>>;
  readonly mesh: { readonly meshName: string; readonly meshNamespace: string; readonly trustDomain: string; readonly clusterDomain: string };
  readonly log: Log;
}

/** A webhook that runs. */
export interface RunningWebhook {
  readonly address: Address;
  readonly adminAddress: Address;
  isReady(): boolean;
  /** Answers what has been asked, and ends. */
  close(): Promise<void>;
}

/** An AdmissionReview holds an object twice, of 1.5 MB at most each. */
const maxBytes = 8 * 2 ** 20;
/** Milliseconds for what has been asked already; the API server waits ten seconds by default. */
const patience = 10_000;

/** Starts the admission webhook: `/mutate` puts sidecars into pods, `/validate` checks policy. Rejects where it can't listen, or has no certificate. */
export async function startWebhook(options: WebhookOptions): Promise<RunningWebhook> {
  const { client, log, mesh } = options;
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = webhookMetrics(registry);
  const facts = meshFacts(mesh);
  let draining = false;
  let prepared = false;
  let update = (): void => {};
  const certificate = await openCertificate(options, () => update());
  const policy = startPolicyJudge(mesh);
  metrics.observeCertificate(certificate.until);

  const namespaceOf = async (name: string): Promise<NamespaceFacts> => {
    const known = facts.namespace(name);
    if (known) return known;
    // It may be new. Read by its name in a list, which needs no further right.
    const { items } = await client.list({ apiVersion: 'v1', kind: 'Namespace' }, { fieldSelector: `metadata.name=${name}`, timeout: 3_000 });
    const [found] = items;
    if (found === undefined) throw new Error(`there is no namespace ${name}`);
    return namespaceFacts(found);
  };
  const mutate = async (request: AdmissionRequest): Promise<Verdict> => {
    const verdict = admitPod(request, await namespaceOf(request.namespace), { ...(await options.settings()), config: facts.config() });
    metrics.injection(verdict.outcome);
    log.info({ pod: podName(request), outcome: verdict.outcome, ...(verdict.reason !== '' && { reason: verdict.reason }), ...(request.dryRun && { dryRun: true }) }, 'looked at a pod');
    return verdict;
  };
  const validate = async (request: AdmissionRequest): Promise<Verdict> => {
    const verdict = await policy.judge(request);
    const { allowed, refusal, warnings = [] } = verdict;
    metrics.validation(!allowed ? 'denied' : warnings.length > 0 ? 'warned' : 'allowed');
    log.info({ object: `${request.kind.kind}/${request.namespace}/${request.name}`, operation: request.operation, allowed, ...(refusal && { refusal: refusal.message }), ...(request.dryRun && { dryRun: true }) }, 'looked at a policy');
    return verdict;
  };

  let preparing: Promise<void> | undefined;
  const lookAround = (): void => {
    if (preparing === undefined && watch.isComplete()) {
      preparing = policy.prepare().then(
        () => {
          prepared = true;
        },
        (error: unknown) => log.error({ error: errorWords(error) }, 'cannot look at the cluster'),
      );
    }
  };
  const watch: ClusterWatch = watchCluster({
    client,
    kinds: watchedKinds(),
    log,
    onChanges(changes) {
      const told = changes.flatMap(({ before, after }): ObjectChange[] => {
        const object = after ?? before;
        return object ? [{ change: after ? 'set' : 'delete', object }] : [];
      });
      told.forEach(({ change, object }) => facts[change](object));
      policy.tell(told);
      lookAround();
    },
    onState: lookAround,
  });
  const isReady = (): boolean => !draining && prepared;
  const route = (path: string, judge: (request: AdmissionRequest) => Promise<Verdict>): HttpsRoute => ({
    maxBytes,
    async handle({ body }): Promise<HttpsAnswer> {
      const start = performance.now();
      const request = readReview(body);
      if (request === undefined) return { status: 400, document: { message: 'the body is no AdmissionReview of admission.k8s.io/v1' } };
      // No verdict is better than one on half of the facts: the API server does what its failure policy says.
      if (!prepared) return { status: 503, document: { message: 'the cluster has not been read yet' } };
      try {
        return { status: 200, document: reviewOf(request.uid, await judge(request)) };
      } catch (error) {
        log.error({ path, kind: request.kind.kind, namespace: request.namespace, name: request.name, error: errorWords(error) }, 'cannot judge an object');
        return { status: 500, document: { message: errorWords(error) } };
      } finally {
        metrics.answered(path, (performance.now() - start) / 1000);
      }
    },
  });

  const closers: (() => void | Promise<void>)[] = [certificate.close, () => watch.stop(), policy.close];
  const closeAll = async (): Promise<void> => {
    for (const close of closers) await close();
  };
  try {
    const server = await startHttpsServer({
      ...options.address,
      credentials: certificate.credentials(),
      routes: { [paths.inject]: route(paths.inject, mutate), [paths.validate]: route(paths.validate, validate) },
      health: ['/healthz'],
      maxConnections: 1024,
      maxConnectionsOfAddress: 512,
      log,
    });
    closers.unshift(() => server.close(patience));
    update = () => server.update(certificate.credentials());
    update();
    const admin = await startPages({
      ...options.adminAddress,
      pages: {
        '/healthz': () => words('ok\n'),
        '/readyz': () => (isReady() ? words('ready\n') : words(draining ? 'draining\n' : 'reading the cluster\n', 503)),
        '/metrics': async () => ({ type: registry.contentType, text: await registry.metrics() }),
      },
      log,
    });
    closers.push(() => admin.close());
    const [address, adminAddress] = [server, admin].map(({ host, port }) => ({ host, port })) as [Address, Address];
    log.info({ address, admin: adminAddress, until: new Date(certificate.until()).toISOString() }, 'ready to be asked');
    let closing: Promise<void> | undefined;
    return {
      address,
      adminAddress,
      isReady,
      close() {
        draining = true;
        return (closing ??= closeAll());
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

interface Certificate {
  credentials(): HttpsCredentials;
  until(): number;
  readonly close: () => void;
}

async function openCertificate({ certificate, mesh, log }: WebhookOptions, changed: () => void): Promise<Certificate> {
  if ('folder' in certificate) {
    return openCertificateFiles(certificate.folder, log, changed);
  }
  const ca = await openInternalCA(certificate.ca, systemClock, {
    onProblem: (error) => log.error({ error: errorWords(error) }, 'cannot use the changed CA; the one before stays in use'),
  });
  try {
    const request = { identity: `spiffe://${mesh.trustDomain}/ns/${mesh.meshNamespace}/sa/${names.webhook}`, dnsNames: certificate.dnsNames, lifetimeSeconds: 86_400 };
    const own = await openServerCertificate(ca, request, systemClock, log, changed);
    const close = (): void => {
      own.close();
      ca.close();
    };
    return { ...own, close };
  } catch (error) {
    ca.close();
    throw error;
  }
}

function podName({ namespace, name, object }: AdmissionRequest): string {
  const { generateName = '' } = (object?.['metadata'] ?? {}) as { readonly generateName?: string };
  return `${namespace}/${name === '' ? `${generateName}…` : name}`;
}
