import { runChecks } from '../checkup/run-checks.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KindName } from '../../server/kubernetes/client/kube-object.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import { readCluster } from '../../server/kubernetes/read-cluster.ts';
import { names } from '../../webhook/names.ts';
import { assumedInstallation, installationIn, present } from '../operate/installation.ts';
import { serverPages } from '../operate/server-status.ts';
import { compileMesh } from '../verify/compile-mesh.ts';
import { version } from '../version.ts';
import { ownObject } from './own-object.ts';
import { redact } from './redact.ts';

/** A file of a dump. */
export interface DumpFile {
  /** With slashes. */
  readonly path: string;
  readonly text: string;
}

/** How many lines of each log. */
const logLines = 2_000;

/** Kinds in the installation's namespace that are looked at. Secrets are not among them. */
const ownKinds: readonly KindName[] = [
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Event' },
  { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
];

/** Everything that helps to find out what is wrong, and no Secret, key or token. What can't be had is told in `missing.txt`. */
export async function collectDump(client: KubeClient, namespace: string): Promise<readonly DumpFile[]> {
  const missing: string[] = [];
  const files: DumpFile[] = [];
  let installation = assumedInstallation(namespace);
  await attempt(missing, 'the installation', async () => {
    installation = (await installationIn(client, namespace)) ?? installation;
  });
  await attempt(missing, 'check.json', async () => {
    files.push({ path: 'check.json', text: json(await runChecks(client, namespace)) });
  });
  files.push({ path: 'versions.json', text: json({ smic: version, node: process.version, kubernetes: JSON.parse(await client.raw({ method: 'GET', path: '/version' })) as unknown, installation }) });
  await attempt(missing, 'the mesh', async () => {
    const { objects, denied } = await readCluster(client, { incomplete: true });
    missing.push(...denied.map(({ kind, message }) => `${kind.kind} objects: ${message}`));
    files.push({ path: 'cluster.json', text: json({ apiVersion: 'v1', kind: 'List', items: objects }) });
    files.push({ path: 'diagnostics.json', text: json(compileMesh(objects, installation).errors) });
  });
  for (const kind of ownKinds) {
    await attempt(missing, `${kind.kind} objects in ${namespace}`, async () => {
      const { items } = await client.list(kind, { namespace });
      files.push({ path: `installation/${kind.kind.toLowerCase()}s.json`, text: json(items.map(ownObject)) });
    });
  }
  for (const kind of ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']) {
    await attempt(missing, kind, async () => {
      const object = await present(client, { apiVersion: 'admissionregistration.k8s.io/v1', kind, name: names.webhookConfiguration });
      files.push({ path: `installation/${kind.toLowerCase()}.json`, text: json(object === undefined ? null : ownObject(object)) });
    });
  }
  await attempt(missing, 'servers', async () => {
    for (const [path, file] of [
      ['/status', 'status.json'],
      ['/metrics', 'metrics.txt'],
    ] as const) {
      for (const { pod, text } of await serverPages(client, namespace, path)) {
        if (text instanceof Error) {
          missing.push(`${file} of ${pod}: ${text.message}`);
        } else {
          files.push({ path: `servers/${pod}/${file}`, text });
        }
      }
    }
  });
  await attempt(missing, 'logs', async () => {
    const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace, labelSelector: 'app.kubernetes.io/name=smic' });
    for (const { metadata } of items) {
      await attempt(missing, `log of ${metadata.name}`, async () => {
        const text = await client.raw({ method: 'GET', path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(metadata.name)}/log`, query: { tailLines: logLines } });
        files.push({ path: `logs/${metadata.name}.log`, text });
      });
    }
  });
  files.push({ path: 'missing.txt', text: missing.length === 0 ? 'nothing\n' : missing.map((line) => `${line}\n`).join('') });
  return files.map(({ path, text }) => ({ path, text: redact(text) })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What the API server refuses is noted, and the rest goes on. */
async function attempt(missing: string[], what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiError)) {
      throw error;
    }
    missing.push(`${what}: ${error.message}`);
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
