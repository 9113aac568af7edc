import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ApiError } from '../../../server/kubernetes/client/api-error.ts';
import type { KubeClient } from '../../../server/kubernetes/client/kube-client.ts';
import type { KubeObject, NewObject } from '../../../server/kubernetes/client/kube-object.ts';
import { waitFor } from '../../server/support/wait-for.ts';
import { meshCrds } from './crds.ts';

const bookstore = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'bookstore');

/** The objects of files of the bookstore. */
export function bookstoreObjects(...files: readonly string[]): readonly KubeObject[] {
  return files.flatMap((file) => parseAllDocuments(readFileSync(join(bookstore, file), 'utf8')).map((document) => document.toJS() as KubeObject));
}

/** Installs SMI's kinds and MeshConfig, and waits until they are served. */
export async function installCrds(client: KubeClient): Promise<void> {
  await Promise.all(meshCrds.map((crd) => client.apply(crd, { force: true })));
  for (const crd of meshCrds) {
    const { group, names, versions } = crd['spec'] as { readonly group: string; readonly names: { readonly kind: string }; readonly versions: readonly { readonly name: string }[] };
    for (const { name } of versions) {
      await waitFor(async () => {
        const kind = { apiVersion: `${group}/${name}`, kind: names.kind };
        return (await client.find(kind)) && client.list(kind).catch(() => undefined);
      });
    }
  }
}

/** Applies objects in their order, with what a pod's status says. */
export async function applyObjects(client: KubeClient, objects: readonly KubeObject[]): Promise<void> {
  const namespaces = new Set(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name));
  for (const { metadata } of objects) {
    if (metadata.namespace !== undefined && !namespaces.has(metadata.namespace)) {
      namespaces.add(metadata.namespace);
      // To apply one that is there already would take its labels away.
      await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: metadata.namespace } }).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
      });
    }
  }
  for (const object of objects) {
    const { status, ...rest } = object;
    const written = rest as NewObject;
    await client.apply(object.kind === 'Pod' ? withoutOwner(written) : written, { force: true });
    if (object.kind === 'Pod' && status !== undefined) {
      await client.patch({ apiVersion: 'v1', kind: 'Pod', namespace: object.metadata.namespace ?? '', name: object.metadata.name }, { status }, { subresource: 'status' });
    }
  }
}

/** Nothing collects what has no owner here, but a uid that isn't one is refused. */
function withoutOwner(object: NewObject): NewObject {
  const { ownerReferences: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
