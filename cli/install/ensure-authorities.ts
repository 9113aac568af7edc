import { authoritySecret, trustBundle } from '../../install/authority-objects.ts';
import type { Manifest } from '../../install/manifest.ts';
import type { Settings } from '../../install/settings.ts';
import { caFiles, readCaFiles, readFilesOf } from '../../server/certificates/ca-folder.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import { names } from '../../webhook/names.ts';
import { withCaFailures } from '../ca/with-ca-failures.ts';
import { Failure } from '../failure.ts';
import { presentObject } from './apply-object.ts';

/** The authorities of an installation. */
export interface Authorities {
  /** Secrets and the ConfigMap, to be applied. */
  readonly objects: readonly Manifest[];
  /** PEM of the webhook's CA; undefined where cert-manager has it. */
  readonly caBundle?: string;
}

type Files = Readonly<Record<string, string>>;

const lifetimeDays = 3650;

/**
 * The mesh's CA and the webhook's: those of the cluster, or where there are none such that are made now. `caFolder` is a CA folder that
 * takes the place of the mesh's. Rejects with a Failure where what is there can't be used, or the folder's CA is a stranger to the mesh.
 */
export async function ensureAuthorities(client: KubeClient, settings: Settings, { certManager, caFolder }: { readonly certManager: boolean; readonly caFolder?: string | undefined }): Promise<Authorities> {
  const mesh = await withCaFailures(() => meshFiles(client, settings, caFolder));
  const roots = await withCaFailures(async () => rootsOf(mesh));
  const objects = [authoritySecret(settings, names.meshAuthority, mesh), trustBundle(settings, roots)];
  if (certManager) {
    return { objects };
  }
  const webhook = (await filesInCluster(client, settings, names.webhookAuthority)) ?? (await freshFiles());
  const caBundle = await withCaFailures(async () => rootsOf(webhook));
  return { objects: [...objects, authoritySecret(settings, names.webhookAuthority, webhook)], caBundle };
}

async function meshFiles(client: KubeClient, settings: Settings, caFolder: string | undefined): Promise<Files> {
  const present = await filesInCluster(client, settings, names.meshAuthority);
  if (caFolder === undefined) {
    return present ?? freshFiles();
  }
  const given = await readFilesOf(caFolder);
  if (present !== undefined && !readCaFiles(given).state.trusted.includes(readCaFiles(present).state.signing)) {
    throw new Failure(
      `the CA in ${caFolder} does not trust the one that signs in the cluster`,
      `Every sidecar would be cut off. smic ca rotate brings in a new root step by step; to begin anew, delete the Secret ${names.meshAuthority} in ${settings.namespace} first.`,
    );
  }
  return given;
}

async function freshFiles(): Promise<Files> {
  return caFiles(await makeRoot('ecdsa', lifetimeDays, systemClock), 'ecdsa');
}

function rootsOf(files: Files): string {
  return [...new Set(readCaFiles(files).trusted.map(({ root }) => root))].join('');
}

async function filesInCluster(client: KubeClient, { namespace }: Settings, name: string): Promise<Files | undefined> {
  const secret = await presentObject(client, { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } });
  const data = secret?.['data'] as Files | undefined;
  return data && Object.fromEntries(Object.entries(data).map(([file, text]) => [file, Buffer.from(text, 'base64').toString()]));
}
