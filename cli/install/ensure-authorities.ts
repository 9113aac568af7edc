import { authoritySecret, trustBundle } from '../../install/authority-objects.ts';
import type { Manifest } from '../../install/manifest.ts';
import type { Settings } from '../../install/settings.ts';
import { caFiles, readCaFiles, readFilesOf } from '../../server/certificates/ca-folder.ts';
import { makeRoot } from '../../server/certificates/make-root.ts';
import { systemClock } from '../../server/certificates/system-clock.ts';
import { ApiError } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { names } from '../../webhook/names.ts';
import { withCaFailures } from '../ca/with-ca-failures.ts';
import { Failure } from '../failure.ts';
import { presentObject } from './apply-object.ts';

/** The authorities of an installation. */
export interface Authorities {
  /** Secrets and the ConfigMap, to be applied. */
  readonly objects: readonly Manifest[];
  /** Those Secrets among them that hold a CA which was made now. */
  readonly fresh: readonly Manifest[];
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
  return withCaFailures(async () => {
    const fresh: Manifest[] = [];
    const secretOf = (name: string, files: Files, isFresh: boolean): Manifest => {
      const secret = authoritySecret(settings, name, files);
      if (isFresh) fresh.push(secret);
      return secret;
    };
    const presentMesh = await filesInCluster(client, settings, names.meshAuthority);
    const mesh = caFolder === undefined ? (presentMesh ?? (await freshFiles())) : await givenFiles(settings, caFolder, presentMesh);
    const objects = [secretOf(names.meshAuthority, mesh, presentMesh === undefined), trustBundle(settings, rootsOf(mesh))];
    if (certManager) {
      return { objects, fresh };
    }
    const presentWebhook = await filesInCluster(client, settings, names.webhookAuthority);
    const webhook = presentWebhook ?? (await freshFiles());
    return { objects: [...objects, secretOf(names.webhookAuthority, webhook, presentWebhook === undefined)], fresh, caBundle: rootsOf(webhook) };
  });
}

/** Puts a CA that was made now there, unless somebody else has done so meanwhile: two installations at once must not each have their own. */
export async function createFresh(client: KubeClient, { fresh }: Authorities): Promise<void> {
  for (const secret of fresh) {
    try {
      await ownAsApplied(client, await client.create(secret));
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') {
        throw new Failure(`another installation goes on: it has made the Secret ${secret.metadata.name} meanwhile`, 'Give the same command again when it has ended.');
      }
      throw error;
    }
  }
}

/**
 * What was created is owned by another manager than what is applied, though of the same name: applying it changed would be a conflict, and
 * the key of a root that is no longer in it would stay. So it is owned as if it had been applied.
 */
async function ownAsApplied(client: KubeClient, { apiVersion, kind, metadata }: KubeObject): Promise<void> {
  const { name, namespace = '', resourceVersion, managedFields } = metadata;
  const owned = (managedFields as readonly object[]).map((entry) => ({ ...entry, operation: 'Apply' }));
  await client.patch({ apiVersion, kind, namespace, name }, [
    { op: 'test', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: owned },
  ]);
}

async function givenFiles(settings: Settings, caFolder: string, present: Files | undefined): Promise<Files> {
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
