import { isDeepStrictEqual } from 'node:util';
import type { Manifest } from '../../install/manifest.ts';
import { ApiError, isNotFound } from '../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../server/kubernetes/client/kube-client.ts';
import type { KubeObject } from '../../server/kubernetes/client/kube-object.ts';
import { Failure } from '../failure.ts';

/** What applying an object did. */
export type Outcome = 'created' | 'configured' | 'unchanged';

export interface ApplyChoice {
  /** The API server checks everything and stores nothing. */
  readonly dryRun: boolean;
  /** Take over fields that others own. */
  readonly force: boolean;
}

/** Applies an object (server-side). Rejects with a Failure that names who owns a field already, and with ApiErrors that name the object. */
export async function applyObject(client: KubeClient, manifest: Manifest, { dryRun, force }: ApplyChoice): Promise<Outcome> {
  const before = await presentObject(client, manifest);
  try {
    const { object } = await client.apply(manifest, { dryRun, force });
    return before === undefined ? 'created' : isSame(before, object) ? 'unchanged' : 'configured';
  } catch (error) {
    throw named(error, manifest);
  }
}

/** The object as it is in the cluster; undefined where it, its namespace or its kind isn't there. */
export async function presentObject(client: KubeClient, { apiVersion, kind, metadata: { name, namespace } }: Manifest): Promise<KubeObject | undefined> {
  try {
    return await client.get({ apiVersion, kind, name, ...(namespace !== undefined && { namespace }) });
  } catch (error) {
    if (isNotFound(error)) {
      return undefined;
    }
    throw error;
  }
}

/** `deployment.apps/smic`, as kubectl writes it. */
export function objectName({ apiVersion, kind, metadata }: Manifest): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}${group}/${metadata.name}`;
}

/** Whether two answers of the API server say the same, but for who owns it, how often it was written, and how it stands. */
function isSame(before: KubeObject, after: KubeObject): boolean {
  // A dry run leaves the resource version as it is, whatever would change.
  const content = ({ metadata: { managedFields: _owners, resourceVersion: _version, generation: _generation, ...metadata }, status: _status, ...rest }: KubeObject): object => ({ ...rest, metadata });
  return isDeepStrictEqual(content(before), content(after));
}

function named(error: unknown, manifest: Manifest): unknown {
  if (!(error instanceof ApiError)) {
    return error;
  }
  const name = objectName(manifest);
  if (error.reason === 'Conflict' && error.causes.length > 0) {
    const fields = error.causes.map(({ field = '', message = '' }) => `${field} (${message.replaceAll('"', '')})`);
    return new Failure(`others own fields of ${name}: ${fields.join(', ')}`, 'Take what is set there out of their hands, or take the fields over with --force-conflicts.');
  }
  return new ApiError({ ...error, message: `${name}: ${error.message}`, status: error.status, reason: error.reason, retryAfterSeconds: error.retryAfterSeconds, causes: error.causes });
}
