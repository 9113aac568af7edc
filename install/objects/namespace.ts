import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { ownLabels } from './labels.ts';

/** The installation's own namespace: never part of a mesh, and only for pods that need no privileges. */
export function ownNamespace({ namespace }: Settings): Manifest {
  const restricted = Object.fromEntries(['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']));
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { ...ownLabels, 'openservicemesh.io/ignore': 'true', ...restricted } } };
}
