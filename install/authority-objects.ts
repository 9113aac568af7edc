import { names } from '../webhook/names.ts';
import type { Manifest } from './manifest.ts';
import { namespaced } from './objects/labels.ts';
import type { Settings } from './settings.ts';

/** The Secret that holds a CA folder's files, by name. */
export function authoritySecret(settings: Settings, name: string, files: Readonly<Record<string, string>>): Manifest {
  const data = Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text).toString('base64')]));
  return { apiVersion: 'v1', kind: 'Secret', metadata: namespaced(settings, name), type: 'Opaque', data };
}

/** The ConfigMap that holds the mesh's roots, in PEM. */
export function trustBundle(settings: Settings, roots: string): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: namespaced(settings, names.trustBundle), data: { 'ca.crt': roots } };
}
