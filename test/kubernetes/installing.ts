import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import * as assert from 'uvu/assert';
import { customResources } from '../../install/custom-resources.ts';
import type { Manifest } from '../../install/manifest.ts';
import { isNotFound } from '../../server/kubernetes/client/api-error.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { type Result, runSmic } from '../cli/run-smic.ts';
import type { Cluster } from './start-cluster.ts';

/** Runs the built command with the cluster's kubeconfig. */
export async function inCluster({ kubeconfig }: Cluster, args: readonly string[]): Promise<Result> {
  return runSmic(args, { env: { KUBECONFIG: kubeconfig } });
}

/** As it is in the cluster; undefined: it isn't there. */
export async function present({ client }: Cluster, { apiVersion, kind, metadata: { name, namespace } }: Manifest): Promise<KubeObject | undefined> {
  return client.get({ apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/** What `smic manifests` prints, as objects. */
export async function printed(args: readonly string[] = []): Promise<readonly Manifest[]> {
  const { code, stdout, stderr } = await runSmic(['manifests', ...args]);
  assert.is(code, 0, stderr);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

/** The name of a kind's CRD. */
export function definition(kind: string): Manifest {
  const { plural, group } = customResources.find((resource) => resource.kind === kind) ?? { plural: '', group: '' };
  return { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${plural}.${group}` } };
}

/** A list as kubectl asks for it. */
export interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** What `kubectl get` would show of `path`. */
export async function askForTable({ url, ca, kubeconfig }: Cluster, path: string): Promise<Table> {
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as { readonly users: readonly { readonly user: { readonly token: string } }[] };
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io', authorization: `Bearer ${users[0]?.user.token}` };
  return new Promise((resolve, reject) => {
    get(url + path, { ca, headers }, (response) => void text(response).then((body) => resolve(JSON.parse(body) as Table), reject)).on('error', reject);
  });
}
