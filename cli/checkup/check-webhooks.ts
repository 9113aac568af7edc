import { X509Certificate } from 'node:crypto';
import type { Settings } from '../../install/settings.ts';
import { certificatesOf } from '../../server/certificates/pem.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { names } from '../../webhook/names.ts';
import { present } from '../operate/installation.ts';
import { plural } from '../terminal/plural.ts';
import { daysLeft, tooFew } from './days-left.ts';
import { type Category, failed, ok, type Result, skipped, warning } from './result.ts';

interface Webhook {
  readonly name: string;
  readonly clientConfig: { readonly caBundle?: string };
}

const kinds = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;

/** Whether the API server asks the webhook, can reach it, and believes its certificate. */
export async function checkWebhooks(client: KubeClient, settings: Settings, now: number): Promise<Category> {
  const configurations = await Promise.all(kinds.map((kind) => present(client, { apiVersion: 'admissionregistration.k8s.io/v1', kind, name: names.webhookConfiguration })));
  const bundles = configurations.map((configuration) => bundleOf(configuration));
  return {
    title: 'webhook',
    results: [
      ...kinds.map((kind, index) => configured(kind, configurations[index], bundles[index], now)),
      await matches(client, settings, bundles.filter((bundle) => bundle !== undefined), now),
      await reachable(client, settings),
    ],
  };
}

function configured(kind: string, configuration: KubeObject | undefined, bundle: readonly X509Certificate[] | undefined, now: number): Result {
  const check = `${kind} ${names.webhookConfiguration} names a CA that is valid`;
  if (configuration === undefined) {
    return failed(check, 'webhook', kind === kinds[0] ? 'It is missing: pods get no sidecars.' : 'It is missing: broken policy is not refused.');
  }
  if (bundle === undefined || bundle.length === 0) {
    return failed(check, 'webhook-certificate', 'A webhook of it has no caBundle, or one that is no certificate: the API server calls it in vain.');
  }
  const days = Math.min(...bundle.map((certificate) => daysLeft(certificate, now)));
  return days < 0 ? failed(check, 'webhook-certificate', 'The CA in caBundle has expired.') : days < tooFew ? warning(check, 'webhook-certificate', `The CA in caBundle ends in ${plural(days, 'day')}.`) : ok(check, `${plural(days, 'day')} left`);
}

/** What every webhook of a configuration has as its caBundle; undefined where one has none. */
function bundleOf(configuration: KubeObject | undefined): readonly X509Certificate[] | undefined {
  const webhooks = (configuration?.['webhooks'] ?? []) as readonly Webhook[];
  const lists = webhooks.map(({ clientConfig: { caBundle = '' } }) => readCertificates(Buffer.from(caBundle, 'base64').toString()));
  return lists.some((list) => list.length === 0) ? undefined : lists.flat();
}

/** The certificate that the webhook shows is made from this CA, or is cert-manager's. */
async function matches(client: KubeClient, settings: Settings, bundles: readonly (readonly X509Certificate[])[], now: number): Promise<Result> {
  const check = "the webhook's certificate is of the CA in caBundle";
  let source: { readonly name: string; readonly certificates: readonly X509Certificate[] } | undefined;
  try {
    source = await certificateSource(client, settings);
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) {
      return skipped(check, `You may not read Secrets in ${settings.namespace}.`);
    }
    throw error;
  }
  if (source === undefined) {
    return failed(check, 'webhook-certificate', `There is neither a Secret ${names.webhookAuthority} nor ${names.webhookCertificate} in ${settings.namespace}.`);
  }
  const { name, certificates } = source;
  const [first] = certificates;
  const days = first === undefined ? -1 : daysLeft(first, now);
  const believed = bundles.length > 0 && bundles.every((bundle) => certificates.some((certificate) => bundle.some((root) => root.fingerprint256 === certificate.fingerprint256 || certificate.verify(root.publicKey))));
  if (!believed) {
    return failed(check, 'webhook-certificate', `The Secret ${name} has a certificate of another CA: the API server refuses the webhook.`);
  }
  return days < 0 ? failed(check, 'webhook-certificate', `The certificate in the Secret ${name} has expired.`) : ok(check, `${plural(days, 'day')} left (Secret ${name})`);
}

/** Of smic's own CA the certificates, of cert-manager's Secret the webhook's. Keys in them are not looked at. */
async function certificateSource(client: KubeClient, { namespace }: Settings): Promise<{ readonly name: string; readonly certificates: readonly X509Certificate[] } | undefined> {
  for (const name of [names.webhookAuthority, names.webhookCertificate]) {
    const secret = await present(client, { apiVersion: 'v1', kind: 'Secret', namespace, name });
    const data = secret?.['data'] as Readonly<Record<string, string>> | undefined;
    if (data !== undefined) {
      const files = Object.entries(data).filter(([file]) => file.endsWith('.crt') && file !== 'ca.crt');
      return { name, certificates: files.flatMap(([, text]) => readCertificates(Buffer.from(text, 'base64').toString())) };
    }
  }
  return undefined;
}

async function reachable(client: KubeClient, { namespace }: Settings): Promise<Result> {
  const check = `service ${names.webhook} has pods that are ready`;
  const { items } = await client.list({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' }, { namespace, labelSelector: `kubernetes.io/service-name=${names.webhook}` });
  const ready = items.flatMap((slice) => (slice['endpoints'] ?? []) as readonly { readonly conditions?: { readonly ready?: boolean } }[]).filter(({ conditions }) => conditions?.ready !== false);
  return ready.length > 0 ? ok(check, plural(ready.length, 'pod')) : failed(check, 'webhook', 'Nobody answers for the webhook: pods in namespaces of the mesh are refused or get no sidecar, as its failure policy says.');
}

function readCertificates(pem: string): readonly X509Certificate[] {
  try {
    return certificatesOf(pem).map((der) => new X509Certificate(der));
  } catch {
    return [];
  }
}
