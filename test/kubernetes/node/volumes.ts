import { chmodSync, chownSync, mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isNotFound } from '../../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../../server/kubernetes/client/kube-client.ts';
import type { ObjectReference } from '../../../server/kubernetes/client/kube-object.ts';
import type { PodObject, VolumeObject, VolumeSource } from '../pod-object.ts';

/** The text of a field of the pod (downward API). */
export type FieldText = (fieldPath: string) => string;

/** Makes a pod's volumes as folders in `folder`; gives the path of each, by name. Rejects where what is to be in them isn't there. */
export async function makeVolumes(client: KubeClient, pod: PodObject, folder: string, field: FieldText): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  const group = pod.spec.securityContext?.fsGroup;
  for (const volume of pod.spec.volumes ?? []) {
    const path = join(folder, volume.name);
    mkdirSync(path, { recursive: true });
    chmodSync(path, group === undefined ? 0o777 : 0o2777);
    if (group !== undefined) chownSync(path, 0, group);
    if (volume.emptyDir === undefined) {
      placeFiles(path, await volumeFiles(client, pod, volume, field), modeOf(volume), group);
    }
    made.set(volume.name, path);
  }
  return made;
}

function modeOf({ configMap, secret, projected }: VolumeObject): number {
  return (configMap ?? secret ?? projected)?.defaultMode ?? 0o644;
}

/** As kubelet does it: links into a folder behind a link, which is exchanged. */
function placeFiles(folder: string, files: ReadonlyMap<string, string | Buffer>, mode: number, group: number | undefined): void {
  const version = mkdtempSync(join(folder, '..version-'));
  chmodSync(version, 0o755);
  for (const [path, content] of files) {
    mkdirSync(join(version, dirname(path)), { recursive: true });
    writeFileSync(join(version, path), content, { mode });
    if (group !== undefined) {
      chownSync(join(version, path), 0, group);
      chmodSync(join(version, path), mode | 0o440);
    }
  }
  symlinkSync(basename(version), join(folder, '..data.new'));
  renameSync(join(folder, '..data.new'), join(folder, '..data'));
  for (const name of new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))) {
    symlinkSync(`..data/${name}`, join(folder, name));
  }
}

async function volumeFiles(client: KubeClient, pod: PodObject, volume: VolumeObject, field: FieldText): Promise<ReadonlyMap<string, string | Buffer>> {
  const sources: readonly VolumeSource[] = volume.projected?.sources ?? [volume];
  const files = new Map<string, string | Buffer>();
  for (const source of sources) {
    (await sourceFiles(client, pod, source, field)).forEach(([path, content]) => files.set(path, content));
  }
  return files;
}

async function sourceFiles(client: KubeClient, pod: PodObject, source: VolumeSource, field: FieldText): Promise<readonly (readonly [string, string | Buffer])[]> {
  if (source.serviceAccountToken !== undefined) {
    return [[source.serviceAccountToken.path, await podToken(client, pod, source.serviceAccountToken)]];
  }
  if (source.downwardAPI !== undefined) {
    return (source.downwardAPI.items ?? []).map(({ path, fieldRef }) => [path, field(fieldRef?.fieldPath ?? '')]);
  }
  const [kind, files] = source.configMap === undefined ? (['Secret', source.secret] as const) : (['ConfigMap', source.configMap] as const);
  if (files === undefined) {
    throw new TypeError(`the test's kubelet knows no such volume: ${JSON.stringify(source)}`);
  }
  const { namespace = '' } = pod.metadata;
  const data = await dataOf(client, { apiVersion: 'v1', kind, namespace, name: files.name ?? files.secretName ?? '' }, files.optional === true);
  const entries = Object.entries(data).map(([name, text]) => [name, kind === 'Secret' ? Buffer.from(text, 'base64') : text] as const);
  return files.items === undefined ? entries : files.items.flatMap(({ key: wanted, path }) => entries.filter(([name]) => name === wanted).map(([, content]) => [path, content] as const));
}

/** Empty where it is missing and may be. */
async function dataOf(client: KubeClient, reference: ObjectReference, optional: boolean): Promise<Readonly<Record<string, string>>> {
  try {
    const { data = {} } = await client.get(reference);
    return data as Readonly<Record<string, string>>;
  } catch (error) {
    if (optional && isNotFound(error)) return {};
    throw error;
  }
}

/** Bound to the pod, so that it ends with it. */
async function podToken(client: KubeClient, { metadata, spec }: PodObject, { audience, expirationSeconds = 3600 }: NonNullable<VolumeSource['serviceAccountToken']>): Promise<string> {
  const { name, uid, namespace = '' } = metadata;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: spec.serviceAccountName ?? 'default' };
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { boundObjectRef, expirationSeconds, audiences: audience === undefined ? [] : [audience] } };
  const { status } = await client.createSubresource(account, 'token', request);
  return (status as { readonly token: string }).token;
}
